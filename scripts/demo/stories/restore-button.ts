import { type Job } from '../job.ts';
import { type Stage, type Story } from '../stage.ts';

function press(stage: Stage, inputs: Readonly<Record<string, string>>): Job {
  return stage.job({
    name: 'restore',
    steps: `
- name: Restore
  uses: OWNER/vps-snapshot-action/restore@v1
  with:
    api_token: \${{ secrets.VPS_API_TOKEN }}
    api_url: \${{ vars.VPS_API_URL }}
    snapshot_id: \${{ inputs.snapshot_id }}
    allow_older: \${{ inputs.allow_older }}`,
    contexts: { inputs },
  });
}

export const restoreButton: Story = {
  name: 'restore-button',
  title: 'A button: somebody restores a snapshot by its id',
  world: {
    snapshots: [
      { id: 704, name: 'deploy-web-shop-8000000704-1', daysOld: 5, repository: 'acme/web-shop' },
      { id: 705, name: 'deploy-web-shop-8000000705-1', daysOld: 1, repository: 'acme/web-shop' },
    ],
    switches: { after_restore: 'stopped' },
  },

  async tell(stage) {
    stage.say(
      'A workflow with workflow_dispatch is a button in the web page. Somebody types 704, which is not the newest one.',
    );
    const hasty = press(stage, { snapshot_id: '704', allow_older: 'false' });
    await hasty.end();
    stage.check('the older one is refused: it would undo a later deploy', hasty.status === 'failure');
    stage.check('the server was not touched', stage.content() === 'release 1');

    stage.say(
      'They meant it, and say so. This server ends stopped after a restore: it is started, and then the restore is confirmed.',
    );
    const sure = press(stage, { snapshot_id: '704', allow_older: 'true' });
    await sure.end();
    stage.check('with allow_older the job is green', sure.status === 'success');
    stage.check('the server carries what 704 holds', stage.content() === 'deploy-web-shop-8000000704-1');
    stage.check('the server is active', stage.server()?.phase === 'active');
  },
};
