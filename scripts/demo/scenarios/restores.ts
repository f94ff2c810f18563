/** Restoring a server: by the post step, by another job, by a person. */
import { type DemoEnvironment, type Scenario } from '../environment.ts';
import { type Job, RESTORE_IF_DEPLOY_FAILED, snapshotStep } from '../job.ts';

const MIGRATION_FAILED = 'migration 0042 failed';

export const failedDeploy: Scenario = {
  name: 'failed-deploy',
  title: 'A failed deploy: the server is restored, and the job stays red',

  async run(demo) {
    demo.explain(
      'The deploy breaks half-way, and half a release is on the server. restore_if is evaluated again when the job ends, and then says: restore.',
    );
    const job = demo.job(
      [
        snapshotStep({ ...RESTORE_IF_DEPLOY_FAILED, health_url: '${{ vars.SHOP_URL }}' }),
        demo.deployStep('half of release 2', MIGRATION_FAILED),
      ],
      { expressions: { 'vars.SHOP_URL': await demo.openApplication() } },
    );
    await job.next();
    await job.next();
    const broken = demo.content();
    demo.explain(`The server carries ${broken} now. Nobody is awake; the post step is.`);
    await job.end();
    const post = job.results.at(-1);
    demo.check('the deploy had left half of release 2 on the server', broken === 'half of release 2');
    demo.check('release 1 is on the server again', demo.content() === 'release 1');
    demo.check('the server is active', demo.server()?.phase === 'active');
    demo.check(
      'the application answers again, and the post step asked it',
      post?.stdout.includes('health check passed') === true,
    );
    demo.check('it was restored once', demo.simulator.api.state().restores.length === 1);
    demo.check('the summary says that it was rolled back', post?.summary.includes('Rolled back') === true);
    demo.check('the job is red anyway', job.status === 'failure');
    demo.check('the snapshot is kept', demo.snapshots().length === 1);
  },
};

export const severalServers: Scenario = {
  name: 'several-servers',
  title: 'Several servers in one step, rolled back together',
  api: {
    servers: [
      { id: 11, name: 'web-01', content: 'release 1' },
      { id: 12, name: 'web-02', content: 'release 1' },
      { id: 13, name: 'db-01', content: 'schema 41' },
    ],
    switches: { snapshot_seconds: [200, 300], restore_seconds: [320, 420] },
  },

  async run(demo) {
    demo.explain(
      'One step takes snapshots of three servers side by side. The deploy breaks on the last one; all three are restored, so that they fit together again.',
    );
    const { api } = demo.simulator;
    const job = demo.job([
      snapshotStep({ server_id: '11, 12, 13', ...RESTORE_IF_DEPLOY_FAILED }),
      {
        name: 'Deploy',
        id: 'deploy',
        run: './deploy.sh',
        command: () => {
          for (const server of [11, 12]) api.deploy(server, 'release 2');
          api.deploy(13, 'half of schema 42');
          return {
            prints: ['web-01 and web-02 carry release 2', `db-01: ${MIGRATION_FAILED}`],
            fails: true,
          };
        },
      },
    ]);
    await job.end();
    demo.check(
      'the outputs name the three snapshots in the order of server_id',
      /^80\d,80\d,80\d$/.test(job.outputs('snapshot')['snapshot_id'] ?? ''),
    );
    demo.check(
      'every server carries what it had before',
      [11, 12, 13].map((server) => demo.content(server)).join(', ') === 'release 1, release 1, schema 41',
    );
    demo.check('the job is red', job.status === 'failure');
  },
};

export const rerun: Scenario = {
  name: 'rerun',
  title: 'A re-run: back to before the first attempt',

  async run(demo) {
    const steps = [
      snapshotStep({ on_rerun: 'reuse', ...RESTORE_IF_DEPLOY_FAILED }),
      demo.deployStep('half of release 2', MIGRATION_FAILED),
    ];
    demo.explain(
      'The deploy breaks half-way, and then the runner is lost: no post step runs, nothing is rolled back.',
    );
    const first = demo.job(steps);
    await first.next();
    await first.next();

    demo.explain(
      'Somebody presses "Re-run failed jobs". A new snapshot would now hold half a release. With on_rerun: reuse the one of the first attempt is used instead, which holds the server before any of it.',
    );
    const second = demo.job(steps, { attempt: 2 });
    await second.end();
    demo.check('the second attempt took no snapshot of its own', demo.snapshotIds() === '801');
    demo.check('and says so: created=false', second.outputs('snapshot')['created'] === 'false');
    demo.check('it broke again, and was rolled back to release 1', demo.content() === 'release 1');
    demo.check('the job is red', second.status === 'failure');
  },
};

export const rollbackJob: Scenario = {
  name: 'rollback-job',
  title: 'A lost runner: another job restores the server',

  async run(demo) {
    demo.explain(
      'When a runner is lost, no post step runs. A second job with needs: deploy and if: always() has the id of the snapshot from the outputs of the first, and restores it.',
    );
    const deploy = demo.job([
      snapshotStep(),
      demo.deployStep('half of release 2', 'the runner lost contact'),
    ]);
    await deploy.next();
    await deploy.next();
    const id = deploy.outputs('snapshot')['snapshot_id'] ?? '';
    const rollback = demo.job(
      [
        {
          name: 'Roll back',
          id: 'restore',
          uses: 'restore',
          with: { snapshot_id: '${{ needs.deploy.outputs.snapshot_id }}', server_id: 12345 },
        },
      ],
      { name: 'rollback', expressions: { 'needs.deploy.outputs.snapshot_id': id } },
    );
    await rollback.end();
    demo.check('the second job is green: it did what it is for', rollback.status === 'success');
    demo.check('its output says so: restored=true', rollback.outputs('restore')['restored'] === 'true');
    demo.check('release 1 is on the server again', demo.content() === 'release 1');
  },
};

function pressButton(demo: DemoEnvironment, snapshotId: string, allowOlder: string): Job {
  return demo.job(
    [
      {
        name: 'Restore',
        uses: 'restore',
        with: { snapshot_id: '${{ inputs.snapshot_id }}', allow_older: '${{ inputs.allow_older }}' },
      },
    ],
    {
      name: 'restore',
      expressions: { 'inputs.snapshot_id': snapshotId, 'inputs.allow_older': allowOlder },
    },
  );
}

export const restoreButton: Scenario = {
  name: 'restore-button',
  title: 'A button: somebody restores a snapshot by its id',
  api: {
    snapshots: [
      { id: 704, name: 'deploy-web-shop-8000000704-1', daysOld: 5, repository: 'acme/web-shop' },
      { id: 705, name: 'deploy-web-shop-8000000705-1', daysOld: 1, repository: 'acme/web-shop' },
    ],
    switches: { after_restore: 'stopped' },
  },

  async run(demo) {
    demo.explain(
      'A workflow with workflow_dispatch is a button in the web page. Somebody types 704, which is not the newest one.',
    );
    const first = pressButton(demo, '704', 'false');
    await first.end();
    demo.check('the older one is refused: it would undo a later deploy', first.status === 'failure');
    demo.check('the server was not touched', demo.content() === 'release 1');

    demo.explain(
      'They meant it, and say so. This server ends stopped after a restore: it is started, and then the restore is confirmed.',
    );
    const second = pressButton(demo, '704', 'true');
    await second.end();
    demo.check('with allow_older the job is green', second.status === 'success');
    demo.check('the server carries what 704 holds', demo.content() === 'deploy-web-shop-8000000704-1');
    demo.check('the server is active', demo.server()?.phase === 'active');
  },
};
