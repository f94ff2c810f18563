import { type Story } from '../stage.ts';

const steps = `
- name: Snapshot
  uses: OWNER/vps-snapshot-action@v1
  with:
    api_token: \${{ secrets.VPS_API_TOKEN }}
    api_url: \${{ vars.VPS_API_URL }}
    server_id: 12345
    stop_server: true
- name: Deploy
  run: ./deploy.sh`;

export const stopAndStart: Story = {
  name: 'stop-and-start',
  title: 'A consistent snapshot: the server is stopped for it, and never left stopped',

  async tell(stage) {
    const commands = { './deploy.sh': stage.deploys('release 2') };
    stage.say(
      'VPS.org advises to stop a server for a consistent snapshot. stop_server does that, and starts it again before the deploy.',
    );
    const job = stage.job({ steps, commands });
    await job.next();
    stage.check(
      'the snapshot was taken of a stopped server',
      stage.snapshots()[0]?.serverPhase === 'stopped',
    );
    stage.check('the server was active again before the deploy', stage.server()?.phase === 'active');
    await job.end();
    stage.check('the job is green', job.status === 'success');

    stage.say('The same again, but somebody cancels the job while the server is stopped.');
    const cancelled = stage.job({ steps, commands, runId: '9000000002' });
    await cancelled.next({ cancelAt: /Still waiting/ });
    stage.check('the cancelled step could not start it any more', stage.server()?.phase === 'stopped');
    await cancelled.end();
    stage.check('the post step started it', stage.server()?.phase === 'active');
    stage.check('the job is cancelled', cancelled.status === 'cancelled');
    stage.check(
      'the snapshot that had been begun is named',
      cancelled.told.at(-1)?.summary.includes('802') === true,
    );
  },
};
