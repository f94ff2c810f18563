import { type Story } from '../stage.ts';

export const retention: Story = {
  name: 'retention',
  title: 'Retention: after a good deploy our newest two stay',
  world: {
    snapshots: [
      { id: 701, name: 'before-the-big-move', daysOld: 20 },
      { id: 702, name: 'deploy-web-shop-8000000702-1', daysOld: 9, repository: 'acme/web-shop' },
      { id: 703, name: 'deploy-web-shop-8000000703-1', daysOld: 5, repository: 'acme/web-shop' },
      { id: 704, name: 'deploy-web-shop-8000000704-1', daysOld: 1, repository: 'acme/web-shop' },
    ],
  },

  async tell(stage) {
    stage.say(
      'keep_last: 2 keeps the newest two completed snapshots of this repository, the new one included, and deletes older ones: only after a good deploy, and only our own. The post step says of each why it stays or goes.',
    );
    const job = stage.job({
      steps: `
- name: Snapshot
  uses: OWNER/vps-snapshot-action@v1
  with:
    api_token: \${{ secrets.VPS_API_TOKEN }}
    api_url: \${{ vars.VPS_API_URL }}
    server_id: 12345
    keep_last: 2
- name: Deploy
  run: ./deploy.sh`,
      commands: { './deploy.sh': stage.deploys('release 2') },
    });
    await job.end();
    stage.check('the job is green', job.status === 'success');
    stage.check(
      "the newest two of ours are left, and the person's, which is older",
      stage.snapshotIds() === '701 704 801',
    );
  },
};
