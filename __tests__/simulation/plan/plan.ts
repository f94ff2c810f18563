import type { Fault } from '../../../simulator/faults/fault.ts';
import type { SimEvent } from '../../../simulator/api/events.ts';
import type { Switches } from '../../../simulator/api/switches.ts';
import type { OnFailure, OnSuccess } from '../../../src/snapshots/policy.ts';

/**
 * A simulated run as data: everything that is random and decided beforehand. The same plan gives the same run, and a plan
 * with a part left out gives a simpler one, which is how a failing run is shrunk.
 */
export interface Plan {
  /** Of what is random during the run: ids, durations, latency, back-off. */
  readonly seed: number;
  readonly switches: Partial<Switches>;
  /** Milliseconds from request to response, lowest and highest. */
  readonly latency: readonly [number, number];
  /** Items on a page, from an API that ignores `page_size`. */
  readonly pageSize?: number;
  readonly servers: readonly ServerPlan[];
  readonly snapshots: readonly ExistingSnapshot[];
  readonly jobs: readonly JobPlan[];
  /** What a person does in the panel of VPS.org. */
  readonly panel: readonly PanelEvent[];
  /** What others and the servers themselves do. */
  readonly events?: readonly OthersEvent[];
}

/** An event of the simulator; of a snapshot, whose marker it carries. */
export type OthersEvent =
  | Exclude<SimEvent, { readonly kind: 'snapshot' }>
  | (Extract<SimEvent, { readonly kind: 'snapshot' }> & { readonly owner: ExistingSnapshot['owner'] });

export interface ServerPlan {
  readonly id: string;
  readonly status: 'active' | 'stopped' | 'suspended';
}

/** A snapshot that exists before the run. */
export interface ExistingSnapshot {
  /** Index into the servers. */
  readonly server: number;
  /** `forge`: a repository of the same number on another forge. */
  readonly owner: 'own' | 'other' | 'forge' | 'nobody';
  readonly ageMinutes: number;
  readonly status: 'completed' | 'failed' | 'in_progress' | 'deleting';
  /** What its marker says beside its origin. */
  readonly flag?: 'protect' | 'undo' | 'wait=false';
  /** It has the name that the first job's snapshot will get. */
  readonly takesName?: boolean;
}

export interface PanelEvent {
  readonly seconds: number;
  readonly server: number;
  readonly action: 'delete' | 'create' | 'stop' | 'start';
}

export interface JobPlan {
  /** 0 is the own repository. */
  readonly repository: 0 | 1;
  /** On another forge, whose repositories have the same numbers. */
  readonly forge?: 0 | 1;
  /** The leg of a matrix. */
  readonly leg?: string;
  /** The job that calls the reusable workflow which this job is part of. */
  readonly call?: string;
  readonly workflowRun: number;
  readonly attempt: number;
  readonly name: string;
  /** Seconds after the start of the simulated run, or after the end of the job that it needs. */
  readonly seconds: number;
  /** Index of the job that must end first. */
  readonly needs?: number;
  readonly steps: readonly StepPlan[];
  /** What ends the whole job this many seconds after its start. */
  readonly end?: { readonly seconds: number; readonly kind: 'cancel' | 'lost' };
}

/** What goes wrong for one process. */
export interface Disturbance {
  readonly faults: readonly Fault[];
  readonly interrupt?: Interrupt;
}

export interface Interrupt {
  /** `cancel` and `lost` affect the job, `timeout` the step, `kill` only the process. */
  readonly kind: 'cancel' | 'timeout' | 'kill' | 'lost';
  /** At a moment of the process's n-th request, or this many milliseconds after its start. */
  readonly at:
    { readonly request: number; readonly moment: 'sent' | 'processed' | 'ended' } | { readonly ms: number };
}

/** Which snapshots a command is given. */
export type IdSource =
  /** The output of a step of a job (index); it may be empty. */
  | { readonly job: number; readonly step: string }
  /** A snapshot that exists before the run (index). */
  | { readonly existing: number }
  | { readonly unknown: true };

export interface SnapshotOptions {
  readonly wait?: boolean;
  readonly waitTimeout?: number;
  readonly pollInterval?: number;
  readonly stopServer?: boolean;
  readonly whenFull?: 'fail' | 'rotate';
  readonly onRerun?: 'create' | 'reuse';
  readonly onFailure?: OnFailure;
  readonly onCancel?: OnFailure;
  readonly onSuccess?: OnSuccess;
  readonly keepLast?: number;
  readonly restoreTimeout?: number;
  readonly healthUrls?: readonly string[];
  readonly description?: string;
  readonly isProtected?: boolean;
  readonly restoreMaxAge?: number;
  readonly dryRun?: boolean;
}

export interface SnapshotStep {
  readonly kind: 'snapshot';
  readonly id: string;
  /** The ordinal of a use that the runner gives the id of an earlier one, as inside of a composite action. */
  readonly ordinal?: number;
  /** Indexes into the servers. */
  readonly servers: readonly number[];
  readonly idForm: 'id' | 'uuid';
  readonly options: SnapshotOptions;
  /** The value of `restore_if` in post: whether the deploy failed, or a fixed text. */
  readonly restoreIf?: 'deploy failed' | 'true' | 'false' | 'perhaps';
  /** The step also runs in a job that has failed. */
  readonly always?: boolean;
  readonly main: Disturbance;
  readonly post: Disturbance;
  /** The post step gets no token. */
  readonly tokenLost?: boolean;
  /** How the saved state is damaged before post reads it. */
  readonly tornState?: 'cut' | 'other run' | 'no server';
}

/** A step with one of the actions `wait`, `restore`, `delete` and `prune`. */
interface CommandStep {
  readonly always?: boolean;
  readonly main: Disturbance;
}

export type StepPlan =
  | SnapshotStep
  | ({
      readonly kind: 'wait';
      /** The id of the snapshot step. */
      readonly of: string;
      readonly waitTimeout?: number;
      readonly pollInterval?: number;
    } & CommandStep)
  | ({
      readonly kind: 'restore';
      readonly ids: readonly IdSource[];
      /** In place of the ids: the latest of these servers. */
      readonly latest?: readonly number[];
      /** The snapshots are named by their names. */
      readonly byName?: boolean;
      readonly maxAge?: number;
      readonly snapshotFirst?: boolean;
      readonly server?: number;
      readonly allowOlder?: boolean;
      readonly restoreTimeout?: number;
      readonly pollInterval?: number;
      readonly healthUrls?: readonly string[];
      readonly dryRun?: boolean;
    } & CommandStep)
  | ({
      readonly kind: 'delete';
      readonly ids: readonly IdSource[];
      readonly force?: boolean;
      readonly dryRun?: boolean;
    } & CommandStep)
  | ({
      readonly kind: 'prune';
      readonly servers: readonly number[];
      readonly keepLast: number;
      readonly olderThan?: number;
      readonly dryRun?: boolean;
    } & CommandStep)
  | {
      readonly kind: 'deploy';
      readonly servers: readonly number[];
      readonly seconds: number;
      readonly fails?: boolean;
      readonly continueOnError?: boolean;
    }
  | { readonly kind: 'build'; readonly seconds: number; readonly fails?: boolean };
