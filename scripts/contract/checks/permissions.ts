import { type Switches } from '../../../simulator/api/switches.ts';
import { answerTo, answersTo, type Recording, fieldsOf, isOk, jsonOf } from '../recording.ts';
import { type Exchange } from '../exchange.ts';
import { decide, inCode, type CheckResult, notShown, verdict } from '../row.ts';
import { NOT_ASKED } from './common.ts';

/** A name that is no secret: a word or two with a colon, a dot or the like between them. */
const NAME = /^[a-z][a-z0-9_.:-]{0,39}$/i;

function permissionsOf(account: Exchange | undefined): readonly string[] | null {
  const names = fieldsOf(fieldsOf(jsonOf(account))?.['token'])?.['permissions'];
  if (!Array.isArray(names)) return null;
  return (names as readonly unknown[])
    .filter((name) => typeof name === 'string')
    .filter((name) => NAME.test(name));
}

type Permission = Extract<keyof Switches, `permission_${string}`>;

/** Which calls show whether a token has a permission; the second kind only by the full token. */
const CALLS: Readonly<Record<Permission, { readonly limited: RegExp | null; readonly full: RegExp }>> = {
  permission_snapshots_read: { limited: /^snapshots\.limited$/, full: /^snapshots$/ },
  permission_snapshots_write: { limited: null, full: /^(create|restore|delete)\.(?!wrong)/ },
  permission_servers_read: { limited: /^servers\.limited$/, full: /^servers?$/ },
  permission_servers_power: { limited: null, full: /^power\./ },
};

/** A word of each permission that its name is likely to have, where several names are possible. */
const WORDS: Readonly<Record<Permission, RegExp>> = {
  permission_snapshots_read: /snapshot.*(read|view|list)|(read|view|list).*snapshot/i,
  permission_snapshots_write: /snapshot.*(write|manage|create|edit)|(write|manage|create|edit).*snapshot/i,
  permission_servers_read: /server.*(read|view|list)|(read|view|list).*server/i,
  permission_servers_power: /power/i,
};

/**
 * What a call needs is among the permissions of the token that may make it, and not among those of a token that may
 * not. Where that leaves several names, the one that sounds like it; where it leaves none, the call needs none.
 */
export function checkPermissions(recording: Recording): CheckResult {
  const full = permissionsOf(answerTo(recording, 'account'));
  const limited = permissionsOf(answerTo(recording, 'account.limited'));
  if (full === null) return notShown('the account call does not name permissions');
  const listed = `this token has ${inCode(full) || 'none'}`;
  if (limited === null) return notShown(`${listed}; ${NOT_ASKED} with another`);
  const needed = Object.entries(CALLS).flatMap(([name, calls]) => {
    const need = neededFor(recording, name as Permission, calls, { full, limited });
    return need === null ? [] : [[name, need] as const];
  });
  const switches = Object.fromEntries(needed) as Partial<Switches>;
  const seen = needed.map(
    ([name, need]) => `${name.replace('permission_', '')}: ${need === '' ? 'none' : `\`${need}\``}`,
  );
  const checked = decide(
    switches,
    `${listed}, the other ${inCode(limited) || 'none'}; needed for ${seen.join(', ')}`,
  );
  return verdict(checked.verdict === 'holds', checked.seen, { ...switches, permissions: full });
}

function neededFor(
  recording: Recording,
  name: Permission,
  calls: { readonly limited: RegExp | null; readonly full: RegExp },
  tokens: { readonly full: readonly string[]; readonly limited: readonly string[] },
): string | null {
  const answers = answersTo(recording, calls.full);
  if (!answers.some(isOk)) return null;
  const likely = (names: readonly string[]): string | undefined =>
    names.find((each) => WORDS[name].test(each));
  // A change is not tried with the other token, which may well be allowed to make it.
  if (calls.limited === null) return likely(tokens.full) ?? '';
  const byLimited = answersTo(recording, calls.limited);
  if (byLimited.length === 0) return null;
  if (byLimited.some(isOk)) return likely(tokens.limited) ?? '';
  const candidates = tokens.full.filter((each) => !tokens.limited.includes(each));
  return likely(candidates) ?? candidates[0] ?? '';
}
