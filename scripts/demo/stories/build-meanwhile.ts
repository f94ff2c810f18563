import { type Story } from '../stage.ts';

export const buildMeanwhile: Story = {
  name: 'build-meanwhile',
  title: 'No time lost: the build runs while the snapshot is made',

  async tell(stage) {
    stage.say(
      'With wait: false the snapshot step ends at once. The wait action, just before the deploy, makes sure that the snapshot is complete; the post step trusts only what was seen complete before the deploy.',
    );
    const job = stage.job({
      steps: `
- name: Snapshot
  id: snapshot
  uses: OWNER/vps-snapshot-action@v1
  with:
    api_token: \${{ secrets.VPS_API_TOKEN }}
    api_url: \${{ vars.VPS_API_URL }}
    server_id: 12345
    wait: false
    on_failure: restore
- name: Build
  run: make
- name: Wait for the snapshot
  uses: OWNER/vps-snapshot-action/wait@v1
  with:
    api_token: \${{ secrets.VPS_API_TOKEN }}
    api_url: \${{ vars.VPS_API_URL }}
    snapshot_id: \${{ steps.snapshot.outputs.snapshot_id }}
- name: Deploy
  run: ./deploy.sh`,
      commands: {
        make: () => ({ says: ['compiling', 'built release 2'], minutes: 3 }),
        './deploy.sh': stage.deploys('half of release 2', { breaks: 'migration 0042 failed' }),
      },
    });
    await job.next();
    stage.check(
      'the build began before the snapshot was complete',
      stage.snapshots()[0]?.phase === 'in_progress',
    );
    await job.next();
    await job.next();
    stage.check('the deploy began after that', stage.snapshots()[0]?.phase === 'completed');
    await job.end();
    stage.check('the failed deploy was rolled back', stage.content() === 'release 1');
    stage.check('the job is red', job.status === 'failure');
  },
};
