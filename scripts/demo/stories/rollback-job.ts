import { type Story } from '../stage.ts';

export const rollbackJob: Story = {
  name: 'rollback-job',
  title: 'A lost runner: another job rolls back',

  async tell(stage) {
    stage.say(
      'When a runner is lost, no post step runs. A second job with needs: deploy and if: always() has the id of the snapshot from the outputs of the first, and restores it.',
    );
    const deploy = stage.job({
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
      commands: { './deploy.sh': stage.deploys('half of release 2', { breaks: 'the runner lost contact' }) },
    });
    await deploy.next();
    await deploy.next();
    const rollback = stage.job({
      name: 'rollback',
      steps: `
- name: Roll back
  id: restore
  uses: OWNER/vps-snapshot-action/restore@v1
  with:
    api_token: \${{ secrets.VPS_API_TOKEN }}
    api_url: \${{ vars.VPS_API_URL }}
    snapshot_id: \${{ needs.deploy.outputs.snapshot_id }}
    server_id: 12345`,
      contexts: { needs: { deploy: { outputs: deploy.outputs('snapshot') } } },
    });
    await rollback.end();
    stage.check('the second job is green: what it was for is done', rollback.status === 'success');
    stage.check('its output says so: restored=true', rollback.outputs('restore')['restored'] === 'true');
    stage.check('release 1 is on the server again', stage.content() === 'release 1');
  },
};
