import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { phasesOf, type Read } from './restoration-reads.ts';
import { server } from '../samples.ts';

const anyRead = fc.tuple(
  fc.constantFrom('active', 'active', 'active', 'stopped', 'stopped', 'restoring', 'odd', 'stopping', ''),
  fc.constantFrom('before', 'after', null),
);
const anyReads = fc.record({
  pause: fc.constantFrom(1, 3, 5, 15),
  seen: fc.array(fc.tuple(anyRead, fc.integer({ min: 1, max: 12 })), { minLength: 1, maxLength: 12 }),
  known: fc.record({
    before: fc.constantFrom(null, server('active'), server('stopped'), server('restoring')),
    request: fc.constantFrom('accepted' as const, 'unclear' as const, 'foreign' as const),
    isAnnounced: fc.boolean(),
    isSentTwice: fc.boolean(),
  }),
});

test('whatever the reads, an end is what stood, and a stopped server is started only after restoring', () => {
  let ends = 0;
  fc.assert(
    fc.property(anyReads, ({ pause, seen, known }) => {
      const words = seen.flatMap(([read, count]) => Array.from({ length: count }, () => read));
      const reads = words.map(([status, at], index): Read => [(index + 1) * pause, status, at]);
      const phases = phasesOf(reads, known);
      const index = phases.findIndex((phase) => phase === 'active' || phase === 'stopped');
      if (index < 0) return;
      ends += 1;
      const upToEnd = reads.slice(0, index + 1);
      const lastOther = upToEnd.findLastIndex(([, status]) => status !== phases[index]);
      const stood = upToEnd.slice(lastOther + 1);
      const span = (stood.at(-1)?.[0] ?? 0) - (stood[0]?.[0] ?? 0);
      const isSeen =
        known.before?.status === 'restoring' || upToEnd.some(([, status]) => status === 'restoring');
      const isUp = phases[index] === 'active';
      expect(stood.length).toBeGreaterThanOrEqual(isUp ? 4 : 2);
      expect(span).toBeGreaterThanOrEqual(!isUp ? 0 : isSeen && !known.isSentTwice ? 15 : 90);
      expect(isUp || isSeen || known.isAnnounced).toBe(true);
      expect(isSeen || known.request === 'accepted').toBe(true);
    }),
    { numRuns: 1000 },
  );
  expect(ends).toBeGreaterThan(100);
});

test('an updated_at changes nothing at any read', () => {
  fc.assert(
    fc.property(anyReads, ({ pause, seen, known }) => {
      const reads = seen.map(([[status, at]], index): Read => [(index + 1) * pause, status, at]);
      const same = reads.map(([second, status]): Read => [second, status]);
      expect(phasesOf(reads, known)).toEqual(phasesOf(same, known));
    }),
  );
});
