import { describe, expect, test } from '@jest/globals';
import {
  mayRequestAgain,
  observeUnclear,
  type UnclearRestore,
} from '../../../../src/snapshots/polling/restoration.ts';
import { createSchedule } from '../../../../src/snapshots/polling/schedule.ts';
import type { Server } from '../../../../src/vps/model.ts';
import { server } from '../samples.ts';

/** Reads after an unclear answer to a restore request, `pause` seconds apart. */
function observe(
  reads: readonly Server[],
  { before = server('active'), pause = 3, schedule = createSchedule(null, false) } = {},
): { readonly kind: UnclearRestore['kind']; readonly mayAgainAt: number | null } {
  let state: UnclearRestore = { kind: 'unchanged', standing: null };
  let mayAgainAt: number | null = null;
  for (const [index, read] of reads.entries()) {
    const now = index * pause * 1000;
    state = observeUnclear(state, before, read, now, schedule);
    if (mayAgainAt === null && mayRequestAgain(state, schedule)) mayAgainAt = now / 1000;
  }
  return { kind: state.kind, mayAgainAt };
}

const times = (count: number, read: Server): Server[] => Array<Server>(count).fill(read);
const ACTIVE = server('active');

describe('the request is sent once more', () => {
  test.each<[string, readonly Server[], Parameters<typeof observe>[1], number | null]>([
    ['after 60 s in which nothing changed', times(30, ACTIVE), {}, 60],
    ['not before', times(20, ACTIVE), {}, null],
    ['never where nobody looks for longer than checks may be old', times(30, ACTIVE), { pause: 16 }, null],
    [
      'of a stopped server that stays stopped',
      times(30, server('stopped')),
      { before: server('stopped') },
      60,
    ],
    [
      'sooner on an API of this machine',
      times(30, ACTIVE),
      { pause: 0.1, schedule: createSchedule(100, true) },
      2,
    ],
    ['never after the status changed once', [server('stopping'), ...times(60, ACTIVE)], {}, null],
    ['never after updated_at changed once', [server('active', 'after'), ...times(60, ACTIVE)], {}, null],
    ['never after updated_at was missing once', [server('active', null), ...times(60, ACTIVE)], {}, null],
    ['never where the server had no word before', times(60, server('')), { before: server('') }, null],
    ['never after a read without a word', [server(''), ...times(60, ACTIVE)], {}, null],
    [
      'never where updated_at was unknown before: a restore that is over already would look the same',
      times(60, server('active', null)),
      { before: server('active', null) },
      null,
    ],
    ['never after restoring', [server('restoring'), ...times(60, ACTIVE)], {}, null],
  ])('%s', (_name, reads, options, at) => {
    expect(observe(reads, options).mayAgainAt).toBe(at);
  });
});

describe('what the reads say of the request', () => {
  test.each<[string, readonly Server[], UnclearRestore['kind']]>([
    ['nothing', [ACTIVE, ACTIVE], 'unchanged'],
    ['restoring: it was taken', [ACTIVE, server('restoring')], 'taken'],
    ['restoring after something else: it was taken', [server('stopped'), server('restoring')], 'taken'],
    ['taken, whatever comes next', [server('restoring'), server('stopped'), ACTIVE], 'taken'],
    ['another status: the deploy’s own reboot looks alike', [server('rebooting')], 'changed'],
    ['another status is not taken back', [server('stopped'), ACTIVE, ACTIVE], 'changed'],
    ['another updated_at: agents touch it', [server('active', 'after')], 'changed'],
  ])('%s', (_name, reads, kind) => {
    expect(observe(reads).kind).toBe(kind);
  });
});
