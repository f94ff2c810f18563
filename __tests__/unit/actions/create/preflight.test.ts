import { describe, expect, test } from '@jest/globals';
import { refuseOwnServer, warnOfRefusals, warnUnread } from '../../../../src/actions/create/preflight.ts';
import type { Identification } from '../../../../src/actions/create/identity.ts';
import { createProgress, type ServerProgress } from '../../../../src/actions/creating/progress.ts';
import { rootInputs, type RootInputs } from '../../../integration/harness/inputs.ts';
import { KEY, markerOf } from '../../snapshots/samples.ts';
import {
  createTestDeps,
  fails,
  listOf,
  SAVES_NOTHING,
  serverOf,
  snapshotOf,
  type TestDeps,
} from '../test-deps.ts';

const RESTORES = { onFailure: 'restore' } as const;

function createStand(): TestDeps & { readonly progress: ServerProgress } {
  const stand = createTestDeps({
    more: {
      ...SAVES_NOTHING,
      ownAddresses: new Set(['192.0.2.1']),
      restoreRecords: { has: () => false, save: () => undefined, withdraw: () => undefined },
    },
  });
  return { ...stand, progress: createProgress(stand.deps, 0, { server: '12345', key: KEY, name: 'deploy' }) };
}

/** The titles of what was said, or thrown. */
function titlesOf(act: (stand: ReturnType<typeof createStand>) => void): string[] {
  const stand = createStand();
  try {
    act(stand);
  } catch (error) {
    return [`refused: ${(error as { title: string }).title}`];
  }
  return stand.lines.map((line) => line.split(/^\d+ |: /)[1] ?? '');
}

describe('a runner on the server that it deploys to', () => {
  const TITLE = 'Runner on the target server';
  test.each<[string, string | null, Partial<RootInputs>, string[]]>([
    ['stop_server would stop it', '192.0.2.1', { stopServer: true }, [`refused: ${TITLE}`]],
    ['a restore would overwrite it', '192.0.2.1', RESTORES, [TITLE]],
    ['nothing happens to it', '192.0.2.1', {}, []],
    ['is on another one', '192.0.2.2', { stopServer: true, ...RESTORES }, []],
    ['is on one without an address', null, { stopServer: true, ...RESTORES }, []],
  ])('%s', (_, ipAddress, inputs, titles) => {
    const said = titlesOf(({ progress, deps }) =>
      refuseOwnServer(progress, serverOf('active', { ipAddress }), deps, rootInputs(inputs)),
    );
    expect(said).toEqual(titles);
  });
});

describe('a server that cannot be read', () => {
  const cause = fails('http', 503);
  test.each<[string, Identification, Partial<RootInputs>, string[]]>([
    ['silent', { kind: 'silent', cause }, {}, ['Server cannot be read']],
    ['silent, with a restore', { kind: 'silent', cause }, RESTORES, ['Server cannot be read']],
    ['denied, with a restore', { kind: 'denied', cause }, RESTORES, ['Restores cannot be confirmed']],
    ['denied', { kind: 'denied', cause }, {}, []],
    ['read', { kind: 'identified', server: serverOf('active'), answeredAt: 0 }, RESTORES, []],
  ])('%s', (_, identified, inputs, titles) => {
    expect(
      titlesOf(({ progress, deps }) => warnUnread(progress, identified, deps, rootInputs(inputs))),
    ).toEqual(titles);
  });
});

describe('what would refuse a rollback', () => {
  const WARNING = ['A rollback would be refused'];
  test.each<[string, string | null, string, Partial<RootInputs>, string[]]>([
    ['nothing', '801', 'active', RESTORES, []],
    ['the server is being restored', '801', 'restoring', RESTORES, WARNING],
    ['the same, without a restore', '801', 'restoring', {}, []],
    ['the same, without a snapshot', null, 'restoring', RESTORES, []],
  ])('%s', (_, snapshotId, status, inputs, titles) => {
    const list = listOf([snapshotOf('801', { description: markerOf({ key: KEY }) })]);
    const said = titlesOf(({ progress, deps }) => {
      progress.save({ ...progress.record, snapshotId });
      warnOfRefusals(progress, serverOf(status), list, rootInputs(inputs), deps);
    });
    expect(said).toEqual(titles);
  });
});
