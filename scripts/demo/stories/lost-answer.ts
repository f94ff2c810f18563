import { type Story } from '../stage.ts';

export const lostAnswer: Story = {
  name: 'lost-answer',
  title: 'A lost answer: one snapshot, not two and not none',
  world: { faults: [{ kind: 'reset_after', method: 'POST', path: '/snapshots/', nth: 1 }] },

  async tell(stage) {
    stage.say(
      'The API makes the snapshot, but the connection breaks before its answer arrives. To ask again might make a second one. The step looks for the key that it had put into the description instead.',
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
- name: Deploy
  run: ./deploy.sh`,
      commands: { './deploy.sh': stage.deploys('release 2') },
    });
    await job.end();
    stage.check('the job is green', job.status === 'success');
    stage.check('there is one snapshot, and its id is known', stage.snapshotIds() === '801');
    stage.check('the outputs name it', job.outputs('snapshot')['snapshot_id'] === '801');
    stage.check(
      'it was asked for once',
      stage.simulator.requests.filter(({ method }) => method === 'POST').length === 1,
    );
  },
};
