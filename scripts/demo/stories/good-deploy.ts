import { type Story } from '../stage.ts';

export const goodDeploy: Story = {
  name: 'good-deploy',
  title: 'A good deploy: the snapshot is taken, not needed, and deleted',

  async tell(stage) {
    stage.say('A job takes a snapshot of its server, deploys, and all is well.');
    const job = stage.job({
      steps: `
- name: Snapshot
  uses: OWNER/vps-snapshot-action@v1
  with:
    api_token: \${{ secrets.VPS_API_TOKEN }}
    api_url: \${{ vars.VPS_API_URL }}
    server_id: 12345
    on_failure: restore
    on_success: delete
- name: Deploy
  run: ./deploy.sh`,
      commands: { './deploy.sh': stage.deploys('release 2') },
    });
    await job.next();
    const [snapshot] = stage.snapshots();
    stage.check('the snapshot was complete before the deploy began', snapshot?.phase === 'completed');
    stage.check('it holds the server as it was, with release 1', snapshot?.content === 'release 1');

    await job.next();
    stage.say('The job succeeded. Its post step reads that from the runner, and on_success says: delete.');
    await job.end();
    stage.check('the job is green', job.status === 'success');
    stage.check('release 2 is on the server', stage.content() === 'release 2');
    stage.check('the snapshot is gone, its slot is free again', stage.snapshots().length === 0);
  },
};
