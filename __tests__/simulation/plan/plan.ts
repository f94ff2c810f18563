import type { Fault } from '../../../simulator/faults/fault.ts';
import type { Switches } from '../../../simulator/api/switches.ts';
import type { OnFailure, OnSuccess } from '../../../src/snapshots/policy.ts';

/**
 * A workflow life as data: everything that chance decides beforehand. The same plan gives the same life, and a part left
 * out of it gives a simpler one, which is how a failing life is shrunk.
 */
export interface Plan {
  /** For what chance decides on the way: ids, durations, latency, back-off. */
  readonly seed: number;
  readonly switches: Partial<Switches>;
  /** Milliseconds from request to answer, lowest and highest. */
  readonly latency: readonly [number, number];
  /** Items on a page of an API that does not care what it was asked for. */
  readonly pageSize?: number;
  readonly servers: readonly ServerPlan[];
  readonly snapshots: readonly OldSnapshot[];
  readonly jobs: readonly JobPlan[];
  /** What a person does in the panel of VPS.org. */
  readonly panel: readonly PanelEvent[];
}

export interface ServerPlan {
  readonly id: string;
  readonly status: 'active' | 'stopped' | 'suspended';
}

/** A snapshot that was there before. */
export interface OldSnapshot {
  /** Index into the servers. */
  readonly server: number;
  readonly by: 'own' | 'other' | 'nobody';
  readonly minutes: number;
  readonly status: 'completed' | 'failed' | 'in_progress';
  /** The name that the first job's snapshot will want. */
  readonly takesName?: boolean;
}

export interface PanelEvent {
  readonly seconds: number;
  readonly server: number;
  readonly does: 'delete' | 'create' | 'stop' | 'start';
}

export interface JobPlan {
  /** 0 is the own repository. */
  readonly repository: 0 | 1;
  readonly run: number;
  readonly attempt: number;
  readonly name: string;
  /** Seconds after the beginning of the life, or after the end of the job that it needs. */
  readonly seconds: number;
  /** Index of the job that must be over first. */
  readonly needs?: number;
  readonly steps: readonly StepPlan[];
  /** What happens to the whole job so many seconds after its beginning. */
  readonly end?: { readonly seconds: number; readonly how: 'cancel' | 'lost' };
}

/** What comes over one process. */
export interface Disturbance {
  readonly faults: readonly Fault[];
  readonly interrupt?: Interrupt;
}

export interface Interrupt {
  /** `cancel` and `lost` concern the job, `timeout` the step, `kill` the process alone. */
  readonly how: 'cancel' | 'timeout' | 'kill' | 'lost';
  /** At a moment of the process's n-th request, or so many milliseconds after its beginning. */
  readonly at:
    { readonly request: number; readonly moment: 'sent' | 'processed' | 'ended' } | { readonly ms: number };
}

/** Which snapshots a sibling action is given. */
export type IdSource =
  /** The output of a step of a job (index), which may be empty. */
  | { readonly job: number; readonly step: string }
  /** A snapshot that was there before (index). */
  | { readonly old: number }
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
  readonly dryRun?: boolean;
}

export interface SnapshotStep {
  readonly kind: 'snapshot';
  readonly id: string;
  /** Indexes into the servers. */
  readonly servers: readonly number[];
  readonly typed: 'id' | 'uuid';
  readonly options: SnapshotOptions;
  /** What `restore_if` becomes in post: whether the deploy failed, or a fixed text. */
  readonly restoreIf?: 'deploy failed' | 'true' | 'false' | 'perhaps';
  /** The step runs in a job that has failed, too. */
  readonly always?: boolean;
  readonly main: Disturbance;
  readonly post: Disturbance;
  /** The post step gets no token. */
  readonly tokenLost?: boolean;
  /** What becomes of the saved state before post reads it. */
  readonly tornState?: 'cut' | 'other run' | 'no server';
}

interface Sibling {
  readonly always?: boolean;
  readonly main: Disturbance;
}

export type StepPlan =
  | SnapshotStep
  | ({
      readonly kind: 'wait';
      readonly of: string;
      readonly waitTimeout?: number;
      readonly pollInterval?: number;
    } & Sibling)
  | ({
      readonly kind: 'restore';
      readonly ids: readonly IdSource[];
      readonly server?: number;
      readonly allowOlder?: boolean;
      readonly restoreTimeout?: number;
      readonly pollInterval?: number;
      readonly healthUrls?: readonly string[];
      readonly dryRun?: boolean;
    } & Sibling)
  | ({
      readonly kind: 'delete';
      readonly ids: readonly IdSource[];
      readonly force?: boolean;
      readonly dryRun?: boolean;
    } & Sibling)
  | ({
      readonly kind: 'prune';
      readonly servers: readonly number[];
      readonly keepLast: number;
      readonly olderThan?: number;
      readonly dryRun?: boolean;
    } & Sibling)
  | {
      readonly kind: 'deploy';
      readonly servers: readonly number[];
      readonly seconds: number;
      readonly fails?: boolean;
      /** `continue-on-error`. */
      readonly tolerated?: boolean;
    }
  | { readonly kind: 'build'; readonly seconds: number; readonly fails?: boolean };
