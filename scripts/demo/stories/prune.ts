import { type Job } from '../job.ts';
import { type Stage, type Story } from '../stage.ts';

function schedule(stage: Stage, dryRun: boolean): Job {
  return stage.job({
    name: 'prune',
    steps: `
- name: Prune
  id: prune
  uses: OWNER/vps-snapshot-action/prune@v1
  with:
    api_token: \${{ secrets.VPS_API_TOKEN }}
    api_url: \${{ vars.VPS_API_URL }}
    server_id: 12345
    keep_last: 1
    older_than: 7d
    dry_run: ${dryRun}`,
  });
}

export const prune: Story = {
  name: 'prune',
  title: 'A scheduled prune: every decision with its reason',
  world: {
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

  async tell(stage) {
    stage.say('A workflow with schedule: prunes at night. First with dry_run: true, which only reads.');
    const rehearsal = schedule(stage, true);
    await rehearsal.end();
    stage.check('the dry run deleted nothing', stage.snapshotIds() === '701 702 703 704 705');

    stage.say('Then in earnest.');
    const earnest = schedule(stage, false);
    await earnest.end();
    stage.check('the job is green', earnest.status === 'success');
    stage.check(
      "the failed one and the old one went; the person's, the other repository's and our newest stayed",
      stage.snapshotIds() === '701 703 705',
    );
    stage.check('the output names what went', earnest.outputs('prune')['deleted'] === '704,702');
  },
};
