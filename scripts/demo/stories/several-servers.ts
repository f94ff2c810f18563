import { type Story } from '../stage.ts';

const SERVERS = [11, 12, 13];

export const severalServers: Story = {
  name: 'several-servers',
  title: 'Several servers in one step, rolled back together',
  world: {
    servers: [
      { id: 11, name: 'web-01', content: 'release 1' },
      { id: 12, name: 'web-02', content: 'release 1' },
      { id: 13, name: 'db-01', content: 'schema 41' },
    ],
    switches: { snapshot_seconds: [200, 300], restore_seconds: [320, 420] },
  },

  async tell(stage) {
    stage.say(
      'One step takes snapshots of three servers side by side. The deploy breaks on the last one; all three are put back, so that they fit together again.',
    );
    const job = stage.job({
      steps: `
- name: Snapshot
  id: snapshot
  uses: OWNER/vps-snapshot-action@v1
  with:
    api_token: \${{ secrets.VPS_API_TOKEN }}
    api_url: \${{ vars.VPS_API_URL }}
    server_id: 11, 12, 13
    restore_if: \${{ steps.deploy.outcome == 'failure' }}
- name: Deploy
  id: deploy
  run: ./deploy.sh`,
      commands: {
        './deploy.sh': () => {
          for (const server of [11, 12]) stage.simulator.api.deploy(server, 'release 2');
          stage.simulator.api.deploy(13, 'half of schema 42');
          return {
            says: ['web-01 and web-02 carry release 2', 'db-01: migration 0042 failed'],
            breaks: true,
          };
        },
      },
    });
    await job.end();
    stage.check(
      'the outputs name the three snapshots in the order of server_id',
      /^80\d,80\d,80\d$/.test(job.outputs('snapshot')['snapshot_id'] ?? ''),
    );
    stage.check(
      'every server carries what it had before',
      SERVERS.map((server) => stage.content(server)).join(', ') === 'release 1, release 1, schema 41',
    );
    stage.check('the job is red', job.status === 'failure');
  },
};
