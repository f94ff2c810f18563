import { sinceStart } from './environment.ts';
import type { ProcessRecord, SimulatedRun } from './record.ts';

interface TimelineEvent {
  readonly at: number;
  readonly text: string;
}

/** Everything that happened in a run, in order and with its virtual time, to find the cause of a violation. */
export function formatTimeline(run: SimulatedRun): string {
  const events: TimelineEvent[] = [
    ...run.notes,
    ...run.deploys.map(({ jobIndex, startedAt, serverIds }) => ({
      at: startedAt,
      text: `deploy of job ${jobIndex} writes to ${serverIds.join(', ')}`,
    })),
    ...eventsOfApi(run),
    ...run.processes.flatMap((p, index) => eventsOfProcess(p, index)),
  ];
  const lines = withoutRepeats(events.toSorted((a, b) => a.at - b.at)).map(
    ({ at, text }) => `${formatTime(at)}  ${text.replaceAll('\n', `\n${' '.repeat(14)}`)}`,
  );
  return [
    `switches ${JSON.stringify(run.plan.switches)}`,
    ...lines,
    ...(run.stuck === undefined ? [] : [run.stuck]),
  ].join('\n');
}

function eventsOfApi({ actualState }: SimulatedRun): TimelineEvent[] {
  const event = (epochMs: number | null, text: string): TimelineEvent[] =>
    epochMs === null || sinceStart(epochMs) < 0 ? [] : [{ at: sinceStart(epochMs), text: `API: ${text}` }];
  return [
    ...actualState.snapshots.flatMap(({ id, serverId, createdAt, endedAt, deletedAt, phase, listedAt }) => [
      ...event(createdAt, `${id} of ${serverId} starts`),
      ...event(listedAt > createdAt ? listedAt : null, `${id} is listed`),
      ...event(endedAt, `${id} is ${phase}`),
      ...event(deletedAt, `${id} is deleted`),
    ]),
    ...actualState.restores.flatMap(({ serverId, snapshotId, startedAt, endedAt, endsAs }) => [
      ...event(startedAt, `restore of ${snapshotId} on ${serverId} starts`),
      ...event(endedAt, `restore of ${snapshotId} ends, ${serverId} is ${endsAs}`),
    ]),
    ...actualState.power.flatMap(({ at, serverId, action, accepted }) =>
      event(at, `${action} of ${serverId} ${accepted ? 'accepted' : 'refused'}`),
    ),
  ];
}

/** Leaves out polls that show nothing new. */
function withoutRepeats(events: readonly TimelineEvent[]): TimelineEvent[] {
  const kept: TimelineEvent[] = [];
  let last = '';
  let omitted = 0;
  for (const event of events) {
    const plain = event.text.replace(/\[\d+\] |\d+ ms$/g, '');
    if (/ GET .* 200 $/.test(plain) && plain === last) omitted += 1;
    else if (!/ (Still waiting|still restoring) after /.test(plain)) {
      if (omitted > 0) kept.push({ at: event.at, text: `(${omitted} more like it)` });
      kept.push(event);
      omitted = 0;
      last = plain;
    }
  }
  return kept;
}

function eventsOfProcess(
  { job, use, process, exchanges, isPost }: ProcessRecord,
  index: number,
): TimelineEvent[] {
  const name = `#${index} ${use.use}`;
  const { runner, startedAt, endedAt, wasKilled, exitCode, cancelledAt } = process;
  const inputs = { ...use.inputs, nameTemplate: undefined, apiToken: undefined, apiUrl: undefined };
  const started = `${name} of ${job.name} (run ${job.workflowRun}, attempt ${job.attempt}) starts ${JSON.stringify(inputs)}`;
  const signalled = Number.isFinite(cancelledAt) ? [{ at: cancelledAt, text: `${name} is signalled` }] : [];
  const ended = wasKilled ? 'is killed' : `ends with ${exitCode}`;
  return [
    { at: startedAt, text: started },
    ...exchanges.map((e) => {
      const { method, path, status, failure, fault, n, processed } = e.record;
      const short = path.replace('/api/v1', '').replace('&page_size=100', '');
      const what = `${failure ?? status ?? 'no response'}${fault === undefined ? '' : ` (${fault}, ${processed ? '' : 'not '}processed)`}`;
      const until = Number.isFinite(e.endedAt) ? `${Math.round(e.endedAt - e.sentAt)} ms` : 'open';
      return { at: e.sentAt, text: `${name} [${n}] ${method} ${short} -> ${what} ${until}` };
    }),
    ...runner.lines.map(({ at, text }) => ({ at, text: `${name} | ${text}` })),
    ...runner.annotations.map(({ at, kind, title, text }) => ({
      at,
      text: `${name} ${kind}: ${title}: ${text}`,
    })),
    ...signalled,
    { at: endedAt, text: `${name} ${ended}${isPost ? '' : ` ${runner.outputs.get('snapshot_id') ?? ''}`}` },
  ];
}

function formatTime(ms: number): string {
  if (!Number.isFinite(ms)) return '    never   ';
  const seconds = Math.floor(ms / 1000);
  const minutes = String(Math.floor(seconds / 60)).padStart(5);
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}.${String(Math.round(ms % 1000)).padStart(3, '0')}`;
}
