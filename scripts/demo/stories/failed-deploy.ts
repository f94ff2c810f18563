import { type Story } from '../stage.ts';

export const failedDeploy: Story = {
  name: 'failed-deploy',
  title: 'A failed deploy: the server is put back, and the job stays red',

  async tell(stage) {
    stage.say(
      'The deploy breaks half-way, and half a release is on the server. restore_if is evaluated again when the job ends, and then says: restore.',
    );
    const job = stage.job({
      steps: `
- name: Snapshot
  uses: OWNER/vps-snapshot-action@v1
  with:
    api_token: \${{ secrets.VPS_API_TOKEN }}
    api_url: \${{ vars.VPS_API_URL }}
    server_id: 12345
    restore_if: \${{ steps.deploy.outcome == 'failure' }}
    health_url: \${{ vars.SHOP_URL }}
- name: Deploy
  id: deploy
  run: ./deploy.sh`,
      commands: { './deploy.sh': stage.deploys('half of release 2', { breaks: 'migration 0042 failed' }) },
      vars: { SHOP_URL: await stage.openApplication() },
    });
    await job.next();
    await job.next();
    const broken = stage.content();
    stage.say(`The server carries ${broken} now. Nobody is awake; the post step is.`);
    await job.end();
    const [post] = job.told.slice(-1);
    stage.check('the deploy had left half of release 2 on the server', broken === 'half of release 2');
    stage.check('release 1 is on the server again', stage.content() === 'release 1');
    stage.check('the server is active', stage.server()?.phase === 'active');
    stage.check(
      'the application answers again, and the post step asked it',
      post?.log.includes('health check passed') === true,
    );
    stage.check('it was restored once', stage.simulator.api.state().restores.length === 1);
    stage.check('the summary says that it was rolled back', post?.summary.includes('Rolled back') === true);
    stage.check('the job is red all the same', job.status === 'failure');
    stage.check('the snapshot is kept', stage.snapshots().length === 1);
  },
};
