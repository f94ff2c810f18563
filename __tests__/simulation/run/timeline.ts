import type { Life, ProcessRecord } from './record.ts';
import { lifeTime } from '../invariants/facts.ts';

interface Moment {
  readonly at: number;
  readonly text: string;
}

/** Everything that happened in a life, in order, with its virtual time: what somebody reads who looks for the cause. */
export function tellStory(life: Life): string {
  const { plan, truth } = life;
  const moments: Moment[] = [
    ...life.notes,
    ...life.deploys.map(({ jobIndex, begunAt, serverIds }) => ({
      at: begunAt,
      text: `deploy of job ${jobIndex} writes to ${serverIds.join(', ')}`,
    })),
    ...truth.snapshots.flatMap(({ id, serverId, createdAt, endedAt, deletedAt, phase, listedAt }) => [
      ...(lifeTime(createdAt) < 0
        ? []
        : [{ at: lifeTime(createdAt), text: `API: ${id} of ${serverId} begins` }]),
      ...(listedAt > createdAt ? [{ at: lifeTime(listedAt), text: `API: ${id} is listed` }] : []),
      ...(endedAt === null || lifeTime(endedAt) < 0
        ? []
        : [{ at: lifeTime(endedAt), text: `API: ${id} is ${phase}` }]),
      ...(deletedAt === null ? [] : [{ at: lifeTime(deletedAt), text: `API: ${id} is deleted` }]),
    ]),
    ...truth.restores.flatMap(({ serverId, snapshotId, begunAt, endedAt, endsAs }) => [
      { at: lifeTime(begunAt), text: `API: restore of ${snapshotId} on ${serverId} begins` },
      ...(endedAt === null
        ? []
        : [{ at: lifeTime(endedAt), text: `API: restore of ${snapshotId} ends, ${serverId} is ${endsAs}` }]),
    ]),
    ...truth.power.map(({ at, serverId, action, accepted }) => ({
      at: lifeTime(at),
      text: `API: ${action} of ${serverId} ${accepted ? 'accepted' : 'refused'}`,
    })),
    ...life.processes.flatMap((p, index) => momentsOf(p, index)),
  ];
  const lines = withoutRepeats(moments.toSorted((a, b) => a.at - b.at)).map(
    ({ at, text }) => `${formatTime(at)}  ${text.replaceAll('\n', `\n${' '.repeat(14)}`)}`,
  );
  return [
    `switches ${JSON.stringify(plan.switches)}`,
    ...lines,
    ...(life.stuck === undefined ? [] : [life.stuck]),
  ].join('\n');
}

/** Rounds of polling that show nothing new are left out. */
function withoutRepeats(moments: readonly Moment[]): Moment[] {
  const kept: Moment[] = [];
  let last = '';
  let left = 0;
  for (const moment of moments) {
    const plain = moment.text.replace(/\[\d+\] |\d+ ms$/g, '');
    if (/ GET .* 200 $/.test(plain) && plain === last) left += 1;
    else if (!/ (Still waiting|still restoring) after /.test(plain)) {
      if (left > 0) kept.push({ at: moment.at, text: `(${left} more like it)` });
      kept.push(moment);
      left = 0;
      last = plain;
    }
  }
  return kept;
}

function momentsOf({ job, use, process, exchanges, isPost }: ProcessRecord, index: number): Moment[] {
  const name = `#${index} ${use.use}`;
  const { runner, startedAt, endedAt, wasKilled, exitCode, cancelledAt } = process;
  const told = { ...use.inputs, nameTemplate: undefined, apiToken: undefined, apiUrl: undefined };
  const begun = `${name} of ${job.name} (run ${job.run}, attempt ${job.attempt}) begins ${JSON.stringify(told)}`;
  const signalled = Number.isFinite(cancelledAt) ? [{ at: cancelledAt, text: `${name} is signalled` }] : [];
  const over = wasKilled ? 'is killed' : `ends with ${exitCode}`;
  return [
    { at: startedAt, text: begun },
    ...exchanges.map((e) => {
      const { method, path, status, failure, fault, n, processed } = e.record;
      const short = path.replace('/api/v1', '').replace('&page_size=100', '');
      const what = `${failure ?? status ?? 'no answer'}${fault === undefined ? '' : ` (${fault}, ${processed ? '' : 'not '}processed)`}`;
      const until = Number.isFinite(e.endedAt) ? `${Math.round(e.endedAt - e.sentAt)} ms` : 'open';
      return { at: e.sentAt, text: `${name} [${n}] ${method} ${short} -> ${what} ${until}` };
    }),
    ...runner.lines.map(({ at, text }) => ({ at, text: `${name} | ${text}` })),
    ...runner.annotations.map(({ at, kind, title, text }) => ({
      at,
      text: `${name} ${kind}: ${title}: ${text}`,
    })),
    ...signalled,
    { at: endedAt, text: `${name} ${over}${isPost ? '' : ` ${runner.outputs.get('snapshot_id') ?? ''}`}` },
  ];
}

function formatTime(ms: number): string {
  if (!Number.isFinite(ms)) return '    never   ';
  const seconds = Math.floor(ms / 1000);
  const minutes = String(Math.floor(seconds / 60)).padStart(5);
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}.${String(Math.round(ms % 1000)).padStart(3, '0')}`;
}
