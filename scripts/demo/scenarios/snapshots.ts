/** Taking a snapshot before a deploy. */
import { type Scenario } from '../environment.ts';
import { RESTORE_IF_DEPLOY_FAILED, snapshotStep } from '../job.ts';

export const goodDeploy: Scenario = {
  name: 'good-deploy',
  title: 'A good deploy: the snapshot is taken, not needed, and kept among the newest three',

  async run(demo) {
    demo.explain('A job takes a snapshot of its server, deploys, and all is well.');
    const steps = [
      snapshotStep({ ...RESTORE_IF_DEPLOY_FAILED, when_full: 'rotate', keep_last: 3 }),
      demo.deployStep('release 2'),
    ];
    const job = demo.job(steps);
    await job.next();
    const [snapshot] = demo.snapshots();
    demo.check('the snapshot was complete before the deploy started', snapshot?.phase === 'completed');
    demo.check('it holds the server as it was, with release 1', snapshot?.content === 'release 1');

    await job.next();
    demo.explain(
      'The job succeeded. Its post step reads that from the runner: restore_if is false, and keep_last leaves the newest three snapshots of this repository.',
    );
    await job.end();
    demo.check('the job is green', job.status === 'success');
    demo.check('release 2 is on the server', demo.content() === 'release 2');
    demo.check('the snapshot is kept, nothing is restored', demo.snapshotIds() === '801');
  },
};

export const cancelledJob: Scenario = {
  name: 'cancelled-job',
  title: 'A cancelled job: nothing is lost',

  async run(demo) {
    demo.explain(
      'Somebody cancels the job while the snapshot is being created. The runner interrupts the step, and runs its post step.',
    );
    const job = demo.job([snapshotStep(RESTORE_IF_DEPLOY_FAILED), demo.deployStep('release 2')]);
    await job.next({ cancelAt: /Still waiting after 1m/ });
    const requestsOfMain = demo.simulator.requests.length;
    await job.end();
    const [snapshot, ...others] = demo.snapshots();
    const [main, post] = job.results;
    const isNamed = ({ stdout = '', summary = '' } = {}): boolean =>
      snapshot !== undefined && stdout.includes(snapshot.id) && summary.includes(snapshot.id);
    demo.check('the job is cancelled', job.status === 'cancelled');
    demo.check('one snapshot exists', snapshot !== undefined && others.length === 0);
    demo.check(
      'the interrupted step had passed its id on',
      job.outputs('snapshot')['snapshot_id'] === snapshot?.id,
    );
    demo.check('log and summary of the post step name it', isNamed(post));
    demo.check('those of the interrupted step do too', isNamed(main));
    demo.check(
      'the post step only read: nothing was restored, nothing deleted',
      demo.simulator.requests.slice(requestsOfMain).every(({ method }) => method === 'GET'),
    );
    demo.check('the server was not touched', demo.content() === 'release 1');
  },
};

export const buildMeanwhile: Scenario = {
  name: 'build-meanwhile',
  title: 'No time lost: the build runs while the snapshot is created',

  async run(demo) {
    demo.explain(
      'With wait: false the snapshot step ends at once. The wait action, just before the deploy, makes sure that the snapshot is complete; the post step trusts only what was seen complete before the deploy.',
    );
    const job = demo.job([
      snapshotStep({ wait: false, ...RESTORE_IF_DEPLOY_FAILED }),
      {
        name: 'Build',
        run: 'make',
        command: () => ({ prints: ['compiling', 'built release 2'], minutes: 3 }),
      },
      {
        name: 'Wait for the snapshot',
        uses: 'wait',
        with: { snapshot_id: '${{ steps.snapshot.outputs.snapshot_id }}' },
      },
      demo.deployStep('half of release 2', 'migration 0042 failed'),
    ]);
    await job.next();
    demo.check(
      'the build started before the snapshot was complete',
      demo.snapshots()[0]?.phase === 'in_progress',
    );
    await job.next();
    await job.next();
    demo.check('the deploy started after that', demo.snapshots()[0]?.phase === 'completed');
    await job.end();
    demo.check('the failed deploy was rolled back', demo.content() === 'release 1');
    demo.check('the job is red', job.status === 'failure');
  },
};

export const stopAndStart: Scenario = {
  name: 'stop-and-start',
  title: 'A consistent snapshot: the server is stopped for it, and never left stopped',

  async run(demo) {
    demo.explain(
      'VPS.org advises to stop a server for a consistent snapshot. stop_server does that, and starts it again before the deploy.',
    );
    const steps = [snapshotStep({ stop_server: true }), demo.deployStep('release 2')];
    const job = demo.job(steps);
    await job.next();
    demo.check('the snapshot was taken of a stopped server', demo.snapshots()[0]?.serverPhase === 'stopped');
    demo.check('the server was active again before the deploy', demo.server()?.phase === 'active');
    await job.end();
    demo.check('the job is green', job.status === 'success');

    demo.explain('The same again, but somebody cancels the job while the server is stopped.');
    const cancelled = demo.job(steps, { runId: '9000000002' });
    await cancelled.next({ cancelAt: /Still waiting/ });
    demo.check('the cancelled step could not start it any more', demo.server()?.phase === 'stopped');
    await cancelled.end();
    demo.check('the post step started it', demo.server()?.phase === 'active');
    demo.check('the job is cancelled', cancelled.status === 'cancelled');
    demo.check(
      'the snapshot that was started is named',
      cancelled.results.at(-1)?.summary.includes('802') === true,
    );
  },
};

export const lostAnswer: Scenario = {
  name: 'lost-answer',
  title: 'A lost answer: one snapshot, not two and not none',
  api: { faults: [{ kind: 'reset_after', method: 'POST', path: '/snapshots/', nth: 1 }] },

  async run(demo) {
    demo.explain(
      'The API creates the snapshot, but the connection breaks before its answer arrives. Another request might create a second one. Instead, the step looks for the key that it had put into the description.',
    );
    const job = demo.job([snapshotStep(), demo.deployStep('release 2')]);
    await job.end();
    demo.check('the job is green', job.status === 'success');
    demo.check('there is one snapshot, and its id is known', demo.snapshotIds() === '801');
    demo.check('the outputs name it', job.outputs('snapshot')['snapshot_id'] === '801');
    demo.check(
      'it was requested once',
      demo.simulator.requests.filter(({ method }) => method === 'POST').length === 1,
    );
  },
};
