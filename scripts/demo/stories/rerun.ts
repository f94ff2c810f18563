import { type Story } from '../stage.ts';

const steps = `
- name: Snapshot
  id: snapshot
  uses: OWNER/vps-snapshot-action@v1
  with:
    api_token: \${{ secrets.VPS_API_TOKEN }}
    api_url: \${{ vars.VPS_API_URL }}
    server_id: 12345
    on_rerun: reuse
    on_failure: restore
- name: Deploy
  run: ./deploy.sh`;

export const rerun: Story = {
  name: 'rerun',
  title: 'A re-run: back to before the first attempt',

  async tell(stage) {
    const commands = {
      './deploy.sh': stage.deploys('half of release 2', { breaks: 'migration 0042 failed' }),
    };
    stage.say(
      'The deploy breaks half-way, and then the runner is lost: no post step runs, nothing is rolled back.',
    );
    const first = stage.job({ steps, commands });
    await first.next();
    await first.next();

    stage.say(
      'Somebody presses "Re-run failed jobs". A new snapshot would now show half a release. With on_rerun: reuse the one of the first attempt is taken instead, which shows the server before any of it.',
    );
    const second = stage.job({ steps, commands, attempt: 2 });
    await second.end();
    stage.check('the second attempt made no snapshot of its own', stage.snapshotIds() === '801');
    stage.check('and says so: created=false', second.outputs('snapshot')['created'] === 'false');
    stage.check('it broke again, and was rolled back to release 1', stage.content() === 'release 1');
    stage.check('the job is red', second.status === 'failure');
  },
};
