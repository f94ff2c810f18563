import { type Story } from '../stage.ts';

export const cancelledJob: Story = {
  name: 'cancelled-job',
  title: 'A cancelled job: nothing is lost',

  async tell(stage) {
    stage.say(
      'Somebody cancels the job while the snapshot is being made. The runner interrupts the step, and runs its post step.',
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
    on_failure: restore
- name: Deploy
  run: ./deploy.sh`,
      commands: { './deploy.sh': stage.deploys('release 2') },
    });
    await job.next({ cancelAt: /Still waiting after 1m/ });
    const requestsOfMain = stage.simulator.requests.length;
    await job.end();
    const [snapshot, ...others] = stage.snapshots();
    const [main, post] = job.told;
    const named = ({ log = '', summary = '' } = {}): boolean =>
      snapshot !== undefined && log.includes(snapshot.id) && summary.includes(snapshot.id);
    stage.check('the job is cancelled', job.status === 'cancelled');
    stage.check('one snapshot exists', snapshot !== undefined && others.length === 0);
    stage.check(
      'the interrupted step had passed its id on',
      job.outputs('snapshot')['snapshot_id'] === snapshot?.id,
    );
    stage.check('log and summary of the post step name it', named(post));
    stage.check('those of the interrupted step do too', named(main));
    stage.check(
      'the post step only looked: nothing was restored, nothing deleted',
      stage.simulator.requests.slice(requestsOfMain).every(({ method }) => method === 'GET'),
    );
    stage.check('the server was not touched', stage.content() === 'release 1');
  },
};
