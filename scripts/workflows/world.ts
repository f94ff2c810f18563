type Fields = Readonly<Record<string, unknown>>;

/**
 * The simulator's arguments for the options of an expectation: each item of a list becomes an option, a mapping its
 * JSON.
 */
export function simulatorArguments(options: Fields): string[] {
  return Object.entries(options).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map(
      (item) => `--${name}=${format(item)}`,
    ),
  );
}

function format(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item);
  const { made_by: maker, ...fields } = item as Fields;
  return JSON.stringify(
    typeof maker === 'string' ? { ...fields, description: describe(Number(fields['id']), maker) } : fields,
  );
}

/**
 * The description that a run of `OWNER/NAME ID` left on its snapshot. It is written out here, not taken from the
 * source: snapshots that earlier versions made must stay known.
 */
function describe(id: number, maker: string): string {
  const [repository, repositoryId] = maker.split(' ');
  const key = `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`;
  return (
    `[vps-snapshot key=${key} repo-id=${repositoryId} repo=${repository} ` +
    `run=8000000${id}/1 job=deploy step=snapshot sha=0123456789ab]`
  );
}
