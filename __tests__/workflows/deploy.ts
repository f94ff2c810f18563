/**
 * Stands for a deploy in the workflows: writes to the simulated server, where the rollback has to undo it.
 * `node deploy.ts CONTENT [--fail]`; with `--fail` it breaks after it has written.
 */
const [content, failure] = process.argv.slice(2);
const response = await fetch(new URL('/_sim/deploy', process.env['VPS_API_URL']), {
  method: 'POST',
  body: JSON.stringify({ server_id: 12345, content }),
});
if (!response.ok) throw new Error(await response.text());
process.stdout.write(`deployed ${content}\n`);
if (failure === '--fail') {
  process.stdout.write('the deploy broke half-way\n');
  process.exitCode = 1;
}
