/** Ends of a job that the demo does not show, and that a picture does. */
import { randomUUID } from 'node:crypto';
import { formatMarker, PLAIN } from '../../src/snapshots/marker.ts';
import { type Scenario } from '../demo/environment.ts';
import { snapshotStep } from '../demo/job.ts';

const RESTORE_IF_DEPLOY_FAILED = { restore_if: "${{ steps.deploy.outcome == 'failure' }}" };

export const notRestored: Scenario = {
  name: 'not-restored',
  title: 'A failed deploy: another run has deployed since, so the restore is refused',

  async run(demo) {
    const job = demo.job([
      snapshotStep(RESTORE_IF_DEPLOY_FAILED),
      demo.deployStep('half of release 2', 'migration 0042 failed'),
    ]);
    await job.next();
    await job.next();
    const marker = {
      host: 'github.com',
      repositoryId: '4711',
      repository: 'acme/web-shop',
      runId: '9000000002',
    };
    demo.simulator.api.addSnapshot({
      name: 'deploy-web-shop-9000000002-1',
      description: formatMarker({
        ...PLAIN,
        key: randomUUID(),
        runAttempt: 1,
        job: 'deploy',
        leg: '',
        step: 'snapshot',
        use: 1,
        sha: 'b2c3d4e5f6a1',
        ...marker,
      }),
    });
    await job.end();
    demo.check('nothing was restored', demo.simulator.api.state().restores.length === 0);
  },
};

export const leftStopped: Scenario = {
  name: 'left-stopped',
  title: 'A rollback that ends with the server stopped, and a token that may not start it',
  api: {
    switches: { after_restore: 'stopped' },
    faults: [{ kind: 'status', status: 403, method: 'POST', path: '/servers/*/power/', times: 999 }],
  },

  async run(demo) {
    const job = demo.job([
      snapshotStep(RESTORE_IF_DEPLOY_FAILED),
      demo.deployStep('half of release 2', 'migration 0042 failed'),
    ]);
    await job.end();
    demo.check('the server is stopped', demo.server()?.phase === 'stopped');
  },
};

export const cancelledDeploy: Scenario = {
  name: 'cancelled-deploy',
  title: 'A job that is cancelled during the deploy: the restore is requested, and nobody sees its end',

  async run(demo) {
    const job = demo.job([snapshotStep({ on_cancel: 'restore' }), demo.deployStep('half of release 2')]);
    await job.next();
    await job.next();
    job.status = 'cancelled';
    await job.end();
    demo.check('the restore was requested', demo.simulator.api.state().restores.length === 1);
  },
};
