import type { RestoreCheck, RestoreFacts } from '../../../../src/snapshots/interlocks.ts';
import { FIRST_FORM, HOUR, KEY, list, markerOf, NAMELESS, NOW, OTHER_KEY, snapshot } from '../samples.ts';

export const THIS_RUN = { runId: '900', runAttempt: 2, key: KEY };
export const MINE = snapshot({ id: '801', age: HOUR, description: markerOf(THIS_RUN) });
/** A snapshot that may be rolled back to. */
export const FACTS: RestoreFacts = {
  snapshotId: '801',
  key: KEY,
  serverIds: ['12345'],
  list: list([MINE]),
  serverStatus: 'active',
  seenCompleted: 'the snapshot step',
  maxAge: null,
  now: NOW,
  isRestoredByJob: false,
  isRunnersOwn: false,
  undoSnapshotId: null,
};

export const reasons = ({ refusals }: RestoreCheck): string[] => refusals.map(({ reason }) => reason);

/** A list in which `801` has other fields, and others stand beside it. */
export const listed = (
  fields: Parameters<typeof snapshot>[0],
  others: readonly Parameters<typeof snapshot>[0][] = [],
): Pick<RestoreFacts, 'list'> => ({
  list: list([{ ...MINE, ...fields }, ...others.map((other) => snapshot({ id: '900', ...other }))]),
});
export const beside = (...others: readonly Parameters<typeof snapshot>[0][]): Pick<RestoreFacts, 'list'> =>
  listed({}, others);

/** The interlocks that both kinds of restore have. */
export const COMMON: readonly (readonly [name: string, facts: Partial<RestoreFacts>, refusal: RegExp])[] = [
  ['the list is incomplete', { list: list([MINE], { complete: false }) }, /list of snapshots is incomplete/],
  ['the server is being restored', { serverStatus: 'restoring' }, /already being restored/],
  [
    'this job has restored it',
    { isRestoredByJob: true },
    /this job has requested a restore of this server already/,
  ],
  ['the runner is on it', { isRunnersOwn: true }, /this runner is on the server itself/],
  ['the snapshot is gone', { list: list([]) }, /it is not in the list/],
  [
    'the snapshot is in progress',
    listed({ status: 'in_progress' }),
    /snapshot is 'in_progress', not completed/,
  ],
  ['the snapshot failed', listed({ status: 'failed' }), /snapshot is 'failed', not completed/],
  ['the snapshot has an unknown word', listed({ status: 'archived' }), /'archived', not completed/],
  ['its id lost digits', listed({ idIsLossless: false }), /too large a number/],
  [
    'it is of another server',
    listed({ server: { id: '999', uuid: null, name: null } }),
    /belongs to another server \(999\)/,
  ],
  ['it is older than is allowed', { maxAge: HOUR - 1 }, /it is 1h old, and at most 59m 59s 999ms is allowed/],
  [
    'its age is limited and unknown',
    { maxAge: 9 * HOUR, ...listed({ created: null }) },
    /its age is limited, and its creation time is missing, unreadable or in the future/,
  ],
  [
    'its age is limited and it is from the future',
    { maxAge: 9 * HOUR, ...listed({ created: NOW + HOUR }) },
    /its age is limited/,
  ],
  ['the id is listed twice', listed({}, [{ id: '801', age: 2 * HOUR }]), /two snapshots with the id 801/],
];

/** Others on the server; `refused` says whether they stand against a restore, else whether they are warned about. */
export const OTHERS: readonly (readonly [
  name: string,
  other: Parameters<typeof snapshot>[0],
  checked: 'refused' | 'warned' | 'ignored',
])[] = [
  ['a newer one of this repository', { age: 1 }, 'refused'],
  ['a newer one of another repository', { age: 1, description: markerOf({ repositoryId: '8' }) }, 'refused'],
  [
    'a newer one of another job of this run',
    { age: 1, description: markerOf({ runId: '900', job: 'x' }) },
    'refused',
  ],
  [
    'a newer one of another step of this job',
    { age: 1, description: markerOf({ ...THIS_RUN, step: 'x', key: OTHER_KEY }) },
    'refused',
  ],
  ['a newer one in progress', { age: 1, status: 'in_progress' }, 'refused'],
  ['a newer one that failed', { age: 1, status: 'failed' }, 'refused'],
  ['one of the same second', { age: HOUR }, 'refused'],
  ['a marked one without a readable time', { created: null }, 'refused'],
  ['a marked one from the future', { age: -HOUR }, 'refused'],
  [
    'one of the same step of another forge',
    { age: 1, description: markerOf({ ...THIS_RUN, host: 'git.example.com', key: OTHER_KEY }) },
    'refused',
  ],
  [
    'a newer one of another leg',
    { age: 1, description: markerOf({ ...THIS_RUN, leg: '0a1b2c3d', key: OTHER_KEY }) },
    'refused',
  ],
  [
    'a newer one of another use of the step',
    { age: 1, description: markerOf({ ...THIS_RUN, use: 2, key: OTHER_KEY }) },
    'refused',
  ],
  ['a newer one that is protected', { age: 1, description: markerOf({ isProtected: true }) }, 'refused'],
  ['a newer one made with wait: false', { age: 1, description: markerOf({ isUnwaited: true }) }, 'refused'],
  ['a newer one that is being deleted', { age: 1, status: 'deleting' }, 'refused'],
  ['a newer one of the first form', { age: 1, description: FIRST_FORM }, 'refused'],
  ['a newer one whose id cannot be used', { id: null, idIsLossless: false, age: 1 }, 'refused'],
  ['a newer one whose server the API does not name', { age: 1, server: NAMELESS }, 'refused'],
  ['an older undo', { age: 2 * HOUR, description: markerOf({ isUndo: true }) }, 'ignored'],
  ['an older marked one', { age: 2 * HOUR }, 'ignored'],
  ['a newer one made by hand', { age: 1, description: 'by hand' }, 'warned'],
  ['a newer one without a description', { age: 1, description: null }, 'warned'],
  ['an unmarked one without a readable time', { created: null, description: null }, 'warned'],
  ['an older one made by hand', { age: 2 * HOUR, description: 'by hand' }, 'ignored'],
  ['a newer one of another server', { age: 1, server: { id: '999', uuid: null, name: null } }, 'ignored'],
];
