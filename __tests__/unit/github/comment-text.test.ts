import { describe, expect, test } from '@jest/globals';
import { describeForGithub } from '../../../src/actions/restoring/report.ts';
import type { FinishedRestore, Restore } from '../../../src/actions/restoring/restore.ts';
import { readJob } from '../../../src/github/job.ts';
import { restoreTarget, snapshot } from '../snapshots/samples.ts';

describe('what a comment says', () => {
  const KNOWN = {
    target: restoreTarget({ label: '@octocat <b>evil</b> (12345)' }),
    snapshot: snapshot({ name: '@octocat', status: '[x](https://evil.example)' }),
    serverStatus: '<b>@octocat</b>',
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
    down: { ...KNOWN, stage: 'down', isForeign: false, reason: REASON },
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
  const job = readJob({
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_RUN_ID: '900',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_JOB: 'deploy',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
  });

  test.each<[string, keyof typeof STATES, RegExp]>([
    ['restored', 'restored', /: ✅ restored$/m],
    ['restored, and healthy', 'healthy', /: ✅ restored$/m],
    ['restored, but not well', 'unhealthy', /restored, but the health check failed$/m],
    ['not confirmed', 'unconfirmed', /restore requested, \*\*not confirmed\*\*$/m],
    ['the server is down', 'down', /\*\*the server is stopped after the restore\*\*$/m],
    ['not restored', 'refused', /\*\*not restored\*\*$/m],
    ['restored by somebody else', 'foreign', /\*\*not restored\*\*$/m],
    ['not even that is known', 'foreignUnconfirmed', /\*\*not restored\*\*$/m],
  ])('%s', (_name, state, text) => {
    const body = describeForGithub([STATES[state]], job);
    expect(body).toMatch(/^- server `12345`, snapshot `801`: /m);
    expect(body).toMatch(text);
    expect(body).toContain('https://github.com/acme/shop/actions/runs/900');
  });

  test('no text of the API', () => {
    const restores: readonly Restore[] = Object.values(STATES);
    const body = describeForGithub(restores, job);
    expect(body).not.toMatch(/octocat|evil|<b>|answered/);
    expect(body.match(/`801`/g)).toHaveLength(restores.length);
  });
});
