import { deleteInputs, pruneInputs, restoreInputs, waitInputs } from '../harness/inputs.ts';
import { byHand, FAILED, own, RESTORE, theirs } from '../harness/samples.ts';
import type { Scenario } from '../harness/scenario.ts';
import { DAY, HOUR, START } from '../harness/test-environment.ts';

export const COMMANDS: Readonly<Record<string, Scenario>> = {
  'wait action, then rolled back': {
    main: { ...RESTORE, wait: false },
    commands: [{ use: 'wait', inputs: waitInputs({ snapshotIds: ['801'] }) }],
    post: FAILED,
  },
  'restore action': {
    snapshots: [own(1), theirs(2), own(3)],
    commands: [
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['1'] }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['77'] }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], dryRun: true }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], healthUrls: ['https://web.example/'] }) },
    ],
  },
  'delete action': {
    snapshots: [own(1), theirs(2), byHand(3), own(4)],
    commands: [
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['1', '77'] }) },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['2', '4'] }) },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['2', '3'], force: true, dryRun: true }) },
      { use: 'delete', inputs: deleteInputs({ snapshotIds: ['2', '3'], force: true }) },
    ],
  },
  'prune action': {
    snapshots: [
      own(1),
      own(2, { status: 'failed' }),
      theirs(3),
      own(4),
      own(5, { status: 'in_progress', created_at: START - 2 * HOUR }),
    ],
    commands: [
      { use: 'prune', inputs: pruneInputs({ keepLast: 1, dryRun: true }) },
      { use: 'prune', inputs: pruneInputs({ keepLast: 1, olderThan: 18 * DAY }) },
      { use: 'prune', inputs: pruneInputs({ keepLast: 1 }) },
    ],
  },
  'restore action, another restore running': {
    snapshots: [own(3)],
    commands: [
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], restoreTimeout: 60_000 }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], restoreTimeout: 60_000 }) },
      { use: 'restore', inputs: restoreInputs({ snapshotIds: ['3'], healthUrls: ['https://web.example/'] }) },
    ],
  },
};
