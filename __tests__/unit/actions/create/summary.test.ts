import { describe, expect, test } from '@jest/globals';
import { summarizeCreate } from '../../../../src/actions/create/summary.ts';
import { createProgress, type ServerProgress } from '../../../../src/actions/creating/progress.ts';
import type { Alert } from '../../../../src/github/log.ts';
import type { ServerRecord } from '../../../../src/github/state.ts';
import { headlineOf } from '../../../integration/harness/outcome.ts';
import { rootInputs, type RootInputs } from '../../../integration/harness/inputs.ts';
import { KEY } from '../../snapshots/samples.ts';
import { createTestDeps, SAVES_NOTHING } from '../test-deps.ts';

type Fields = Partial<ServerRecord>;
const DONE: Fields = { phase: 'completed', snapshotId: '801' };
const MADE: Fields = { phase: 'created', snapshotId: '802' };
const NONE: Fields = {};
const DOWN: Fields = { power: { found: 'active', stop: 'confirmed', stopAcceptedAt: 0, started: false } };
const ERROR: Alert = { kind: 'error', title: 'Snapshot failed', text: 'It failed.' };

interface Script {
  readonly inputs?: Partial<RootInputs>;
  readonly alerts?: readonly Alert[];
  readonly isCancelled?: boolean;
}

function summarize(records: readonly Fields[], { inputs, alerts = [], isCancelled }: Script): string {
  const { deps, cancelled } = createTestDeps({ more: SAVES_NOTHING });
  if (isCancelled === true) cancelled.abort();
  const servers: ServerProgress[] = records.map((record, index) => {
    const progress = createProgress(deps, index, { server: `${index}`, key: KEY, name: 'deploy' });
    progress.save({ ...progress.record, ...record });
    return progress;
  });
  return summarizeCreate(servers, rootInputs(inputs), deps, alerts);
}

describe('the headline of the main step', () => {
  test.each<[headline: string, records: readonly Fields[], script?: Script]>([
    ['📸 VPS.org snapshot complete', [DONE], { isCancelled: true }],
    ['⏹️ Interrupted: VPS.org snapshots not waited for: 1 of 2 servers', [DONE, MADE], { isCancelled: true }],
    ['🛑 A server NOT started again after the stop: start it (snapshots not complete)', [DONE, DOWN]],
    ['🛑 Server NOT started again after the stop: start it (snapshot complete)', [{ ...DONE, ...DOWN }]],
    ['❓ Unknown whether the VPS.org snapshot was made', [{ phase: 'intent' }]],
    ['❓ Unknown whether the VPS.org snapshots were made', [DONE, { phase: 'refused', resentAt: 0 }]],
    ['📸 VPS.org snapshot complete', [{ ...DONE, resentAt: 0 }]],
    ['📸 VPS.org snapshots complete: 2 of 2 servers', [{ ...DONE, reused: true }, DONE]],
    [
      '⏳ VPS.org snapshot requested, not waited for',
      [{ ...MADE, reused: true }],
      { inputs: { wait: false } },
    ],
    ['❌ Snapshot failed: 1 of 2 complete', [DONE, MADE], { alerts: [ERROR] }],
    ['❌ Snapshot failed: 1 of 2 complete', [DONE, NONE], { inputs: { wait: false }, alerts: [ERROR] }],
    ['❌ Snapshot failed: no snapshot was made', [NONE], { alerts: [ERROR] }],
    ['❌ VPS.org snapshots not complete: 1 of 2 servers', [DONE, MADE], { alerts: [ERROR, ERROR] }],
    ['❌ No VPS.org snapshot', [NONE], { alerts: [ERROR, ERROR] }],
  ])('%s', (headline, records, script = {}) => {
    expect(headlineOf(summarize(records, script))).toBe(headline);
  });
});

test('the command to restore is offered for a complete snapshot whose id is certain to its last digit', () => {
  const offersOne = (record: Fields): boolean => summarize([record], {}).includes('Restore by hand');
  expect([DONE, { ...DONE, idIsLossless: false }, MADE].map(offersOne)).toEqual([true, false, false]);
});
