import { describe, expect, test } from '@jest/globals';
import { describeForGithub } from '../../../../src/actions/restoring/report.ts';
import type { FinishedRestore } from '../../../../src/actions/restoring/restore.ts';
import { createLog } from '../../../../src/github/log.ts';
import type { Runner } from '../../../../src/github/runner.ts';
import { readJob } from '../../../../src/github/job.ts';
import { NOW, restoreTarget, snapshot } from '../../snapshots/samples.ts';

describe('what a comment says', () => {
  const KNOWN = {
    target: restoreTarget({ label: '@octocat <b>evil</b> (12345)' }),
    snapshot: snapshot({ name: '@octocat', status: '[x](https://evil.example)' }),
    serverStatus: '<b>@octocat</b>',
    requestedAt: NOW - 46 * 60_000,
  };
  const REASON = 'answered with 400: @octocat https://evil.example';
  const RESTORED = {
    ...KNOWN,
    stage: 'restored',
    isForeign: false,
    isStarted: false,
    wasUp: true,
    isSentTwice: false,
    health: null,
  } as const;
  const STATES = {
    restored: RESTORED,
    healthy: { ...RESTORED, isStarted: true, health: { ok: true } },
    unhealthy: { ...RESTORED, health: { ok: false, reason: REASON } },
    unconfirmed: { ...KNOWN, stage: 'unconfirmed', isForeign: false, isMismatch: false, reason: REASON },
    down: { ...KNOWN, stage: 'down', isForeign: false, reason: REASON, hasEnded: true },
    refused: {
      ...KNOWN,
      stage: 'refused',
      reason: REASON,
      isOfServerAlone: false,
      byHand: 'restore' as const,
      wasSent: false,
      isByJob: false,
    },
    foreign: { ...RESTORED, isForeign: true },
    foreignUnconfirmed: {
      ...KNOWN,
      stage: 'unconfirmed',
      isForeign: true,
      isMismatch: false,
      reason: REASON,
    },
  } as const satisfies Readonly<Record<string, FinishedRestore>>;
  const log = createLog(
    {} as Runner,
    { wall: () => 0 },
    { guideUrl: 'https://github.com/o/r/blob/v1/docs/t.md' },
  );
  const job = readJob({
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_RUN_ID: '900',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_JOB: 'deploy',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
  });

  test.each<[string, keyof typeof STATES, RegExp]>([
    ['restored', 'restored', /: ✅ restored to 11:00 UTC, 14 min of writes lost$/m],
    ['restored, and healthy', 'healthy', /: ✅ restored to /],
    ['restored, but not well', 'unhealthy', /restored to .*, but the health check failed, \[what to do\]/],
    [
      'not confirmed',
      'unconfirmed',
      /restore requested, \*\*not confirmed\*\*, \[what to do\]\(https:.*#restore-requested-not-confirmed\)$/m,
    ],
    [
      'the server is down',
      'down',
      /\*\*the server is stopped after the restore\*\*: start it, \[what to do\]\(https:.*#server-stopped-after-the-restore\)$/m,
    ],
    ['not restored', 'refused', /\*\*not restored\*\*, \[what to do\]\(https:.*#not-restored\)$/m],
    ['restored by somebody else', 'foreign', /\*\*not restored\*\*, /],
    ['not even that is known', 'foreignUnconfirmed', /\*\*not restored\*\*, /],
  ])('%s', (_name, state, text) => {
    const body = describeForGithub([STATES[state]], { job, log }, 'Deploy failed');
    expect(body).toMatch(/^- server `12345`, snapshot `801`: /m);
    expect(body).toMatch(text);
    expect(body).toContain('https://github.com/acme/shop/actions/runs/900');
  });

  test('no text of the API', () => {
    const restores: readonly FinishedRestore[] = Object.values(STATES);
    const body = describeForGithub(restores, { job, log }, 'Deploy failed');
    expect(body).not.toMatch(/octocat|evil|<b>|answered/);
    expect(body.match(/`801`/g)).toHaveLength(restores.length);
  });
});
