/**
 * Stands for a build that takes as long as the snapshot: says how that one stands, and then lets the simulated
 * time pass, so that nothing depends on the speed of the machine.
 */
interface State {
  readonly snapshots: readonly { readonly id: string; readonly phase: string }[];
}

async function ask(what: string, body?: unknown): Promise<unknown> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(new URL(`/_sim/${what}`, process.env['VPS_API_URL']), init);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

const { snapshots } = (await ask('state')) as State;
for (const { id, phase } of snapshots) process.stdout.write(`building while snapshot ${id} is ${phase}\n`);
await ask('advance', { seconds: Number(process.argv[2]) });
