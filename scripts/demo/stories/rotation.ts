import { type Story } from '../stage.ts';

const steps = (whenFull: string): string => `
- name: Snapshot
  uses: OWNER/vps-snapshot-action@v1
  with:
    api_token: \${{ secrets.VPS_API_TOKEN }}
    api_url: \${{ vars.VPS_API_URL }}
    server_id: 12345
    when_full: ${whenFull}
- name: Deploy
  run: ./deploy.sh`;

export const rotation: Story = {
  name: 'rotation',
  title: 'A full server: refuse, or make room with one of our own',
  world: {
    snapshots: [
      { id: 701, name: 'before-the-big-move', daysOld: 20 },
      { id: 702, name: 'deploy-web-shop-8000000702-1', daysOld: 9, repository: 'acme/web-shop' },
      { id: 703, name: 'deploy-blog-8000000703-1', daysOld: 6, repository: 'acme/blog' },
      { id: 704, name: 'deploy-web-shop-8000000704-1', daysOld: 5, repository: 'acme/web-shop' },
      { id: 705, name: 'deploy-web-shop-8000000705-1', daysOld: 1, repository: 'acme/web-shop' },
    ],
  },

  async tell(stage) {
    const commands = { './deploy.sh': stage.deploys('release 2') };
    stage.say(
      'VPS.org allows five snapshots for a server, and this one has five: one of a person, one of another repository, three of ours. By default the step refuses, before it sends anything, and says who has them.',
    );
    const careful = stage.job({ steps: steps('fail'), commands });
    await careful.end();
    stage.check('with when_full: fail the job is red', careful.status === 'failure');
    stage.check('no snapshot was requested and none deleted', stage.snapshotIds() === '701 702 703 704 705');
    stage.check('nothing was deployed without a snapshot', stage.content() === 'release 1');

    stage.say('With when_full: rotate one of our own makes room. Those of others are never touched.');
    const rotating = stage.job({ steps: steps('rotate'), commands });
    await rotating.end();
    stage.check('with when_full: rotate the job is green', rotating.status === 'success');
    stage.check('our oldest one, 702, made room', stage.snapshotIds() === '701 703 704 705 801');
  },
};
