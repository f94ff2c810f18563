/** Which snapshots stay and which go: when a server is full, after a good deploy, at night. */
import { type DemoEnvironment, type Scenario } from '../environment.ts';
import { type Job, snapshotStep } from '../job.ts';

export const rotation: Scenario = {
  name: 'rotation',
  title: 'A full server: refuse, or free a slot by deleting one of our own',
  api: {
    snapshots: [
      { id: 701, name: 'before-the-big-move', daysOld: 20 },
      { id: 702, name: 'deploy-web-shop-8000000702-1', daysOld: 9, repository: 'acme/web-shop' },
      { id: 703, name: 'deploy-blog-8000000703-1', daysOld: 6, repository: 'acme/blog' },
      { id: 704, name: 'deploy-web-shop-8000000704-1', daysOld: 5, repository: 'acme/web-shop' },
      { id: 705, name: 'deploy-web-shop-8000000705-1', daysOld: 1, repository: 'acme/web-shop' },
    ],
  },

  async run(demo) {
    const deploy = demo.deployStep('release 2');
    demo.explain(
      'VPS.org allows five snapshots for a server, and this one has five: one of a person, one of another repository, three of ours. By default the step refuses, before it sends anything, and says whose they are.',
    );
    const failing = demo.job([snapshotStep({ when_full: 'fail' }), deploy]);
    await failing.end();
    demo.check('with when_full: fail the job is red', failing.status === 'failure');
    demo.check('no snapshot was requested and none deleted', demo.snapshotIds() === '701 702 703 704 705');
    demo.check('nothing was deployed without a snapshot', demo.content() === 'release 1');

    demo.explain(
      'With when_full: rotate one of our own is deleted first. Those of others are never touched.',
    );
    const rotating = demo.job([snapshotStep({ when_full: 'rotate' }), deploy]);
    await rotating.end();
    demo.check('with when_full: rotate the job is green', rotating.status === 'success');
    demo.check('our oldest one, 702, was deleted', demo.snapshotIds() === '701 703 704 705 801');
  },
};

export const keepLast: Scenario = {
  name: 'retention',
  title: 'Retention: after a good deploy our newest two stay',
  api: {
    snapshots: [
      { id: 701, name: 'before-the-big-move', daysOld: 20 },
      { id: 702, name: 'deploy-web-shop-8000000702-1', daysOld: 9, repository: 'acme/web-shop' },
      { id: 703, name: 'deploy-web-shop-8000000703-1', daysOld: 5, repository: 'acme/web-shop' },
      { id: 704, name: 'deploy-web-shop-8000000704-1', daysOld: 1, repository: 'acme/web-shop' },
    ],
  },

  async run(demo) {
    demo.explain(
      'keep_last: 2 keeps the newest two completed snapshots of this repository, the new one included, and deletes older ones: only after a good deploy, and only our own. The post step says of each why it stays or goes.',
    );
    const job = demo.job([snapshotStep({ keep_last: 2 }), demo.deployStep('release 2')]);
    await job.end();
    demo.check('the job is green', job.status === 'success');
    demo.check(
      "the newest two of ours are left, and the person's, which is older",
      demo.snapshotIds() === '701 704 801',
    );
  },
};

function pruneJob(demo: DemoEnvironment, dryRun: boolean): Job {
  const inputs = { server_id: 12345, keep_last: 1, older_than: '7d', dry_run: dryRun };
  return demo.job([{ name: 'Prune', id: 'prune', uses: 'prune', with: inputs }], { name: 'prune' });
}

export const prune: Scenario = {
  name: 'prune',
  title: 'A scheduled prune: every decision with its reason',
  api: {
    snapshots: [
      { id: 701, name: 'before-the-big-move', daysOld: 40 },
      { id: 702, name: 'deploy-web-shop-8000000702-1', daysOld: 30, repository: 'acme/web-shop' },
      { id: 703, name: 'deploy-blog-8000000703-1', daysOld: 20, repository: 'acme/blog' },
      {
        id: 704,
        name: 'deploy-web-shop-8000000704-1',
        daysOld: 12,
        status: 'failed',
        repository: 'acme/web-shop',
      },
      { id: 705, name: 'deploy-web-shop-8000000705-1', daysOld: 2, repository: 'acme/web-shop' },
    ],
  },

  async run(demo) {
    demo.explain('A workflow with schedule: prunes at night. First with dry_run: true, which only reads.');
    await pruneJob(demo, true).end();
    demo.check('the dry run deleted nothing', demo.snapshotIds() === '701 702 703 704 705');

    demo.explain('Then for real.');
    const job = pruneJob(demo, false);
    await job.end();
    demo.check('the job is green', job.status === 'success');
    demo.check(
      "the failed one and the old one went; the person's, the other repository's and our newest stayed",
      demo.snapshotIds() === '701 703 705',
    );
    demo.check('the output names what went', job.outputs('prune')['deleted'] === '704,702');
  },
};
