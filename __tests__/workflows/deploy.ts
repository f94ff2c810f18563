/**
 * Stands for a deploy in the workflows: writes to a simulated server, where the rollback has to undo it.
 * `node deploy.ts CONTENT [--server ID] [--fail]`; with `--fail` it breaks after it has written.
 */
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { server: { type: 'string', default: '12345' }, fail: { type: 'boolean', default: false } },
});
const [content = ''] = positionals;
const response = await fetch(new URL('/_sim/deploy', process.env['VPS_API_URL']), {
  method: 'POST',
  body: JSON.stringify({ server_id: values.server, content }),
});
if (!response.ok) throw new Error(await response.text());
process.stdout.write(`deployed ${content}\n`);
if (values.fail) {
  process.stdout.write('the deploy broke half-way\n');
  process.exitCode = 1;
}
