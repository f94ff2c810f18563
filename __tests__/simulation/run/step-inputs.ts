import {
  deleteInputs,
  type GivenRestore,
  pruneInputs,
  restoreInputs,
  rootInputs,
  waitInputs,
} from '../../integration/harness/inputs.ts';
import type { Use } from '../../integration/harness/step-process.ts';
import type { IdSource, StepPlan } from '../plan/plan.ts';
import type { RunEnvironment } from './environment.ts';

/** A step that is one of the actions. */
export type ActionStep = Exclude<StepPlan, { kind: 'deploy' | 'build' }>;

/** Where a step is in its run. */
interface Place {
  readonly environment: RunEnvironment;
  readonly jobIndex: number;
  readonly jobStatus: string;
  readonly leg: string;
  /** All jobs of the run, with the outputs of their steps. */
  readonly jobs: readonly { readonly outputs: ReadonlyMap<string, string> }[];
}

/** The action and inputs of a step; undefined where the inputs are invalid. */
export function useOf(step: ActionStep, place: Place): Use | undefined {
  const { environment, jobIndex, jobStatus } = place;
  if (step.kind === 'snapshot') {
    const serverIds = step.servers.map((server) => environment.idInForm(server, step.idForm));
    const restoreIfGiven = step.restoreIf !== undefined;
    const inputs = rootInputs({ ...step.options, serverIds, restoreIfGiven, leg: place.leg, jobStatus });
    return { use: 'main', inputs };
  }
  if (step.kind === 'prune') {
    const { keepLast, olderThan = null, dryRun = false } = step;
    const serverIds = step.servers.map((server) => environment.serverId(server));
    return { use: 'prune', inputs: pruneInputs({ serverIds, keepLast, olderThan, dryRun }) };
  }
  if (step.kind === 'restore' && step.latest !== undefined) {
    const serverIds = step.latest.map((server) => environment.serverId(server));
    return {
      use: 'restore',
      inputs: restoreInputs({ ...restoreOptions(step), serverIds, selection: LATEST }),
    };
  }
  const snapshotIds = idsOf(step.kind === 'wait' ? [{ job: jobIndex, step: step.of }] : step.ids, place);
  if (snapshotIds.length === 0) return undefined;
  switch (step.kind) {
    case 'wait': {
      const { waitTimeout, pollInterval } = step;
      const given = defined({ snapshotIds, waitTimeout, pollInterval, jobStatus });
      return { use: 'wait', inputs: waitInputs(given) };
    }
    case 'delete': {
      const { force, dryRun } = step;
      return { use: 'delete', inputs: deleteInputs(defined({ snapshotIds, force, dryRun })) };
    }
    case 'restore': {
      const serverIds = step.server === undefined ? [] : [environment.serverId(step.server)];
      const words = step.byName === true ? environment.namesOf(snapshotIds) : snapshotIds;
      const selection = { kind: 'named', words } as const;
      return { use: 'restore', inputs: restoreInputs({ ...restoreOptions(step), serverIds, selection }) };
    }
  }
}

function idsOf(sources: readonly IdSource[], { environment, jobs }: Place): string[] {
  const ids = sources.flatMap((source): string[] => {
    if ('unknown' in source) return ['999999'];
    if ('existing' in source) return [environment.existingId(source.existing) ?? '999998'];
    return (jobs[source.job]?.outputs.get(source.step) ?? '').split(',');
  });
  return [...new Set(ids.filter((id) => id !== ''))];
}

const LATEST = { kind: 'latest' } as const;

function restoreOptions(step: Extract<ActionStep, { kind: 'restore' }>): GivenRestore {
  const { allowOlder, restoreTimeout, pollInterval, healthUrls, dryRun, maxAge, snapshotFirst } = step;
  return defined({ allowOlder, restoreTimeout, pollInterval, healthUrls, dryRun, maxAge, snapshotFirst });
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** Without undefined fields, so that the defaults apply. */
function defined<T extends object>(given: T): Partial<Defined<T>> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<
    Defined<T>
  >;
}
