import type { RequestRecord } from '../../../simulator/transports/request-log.ts';
import type { ServerPhase, ActualState } from '../../../simulator/api/actual-state.ts';
import type { StepProcess, Use } from '../../integration/harness/step-process.ts';
import type { JobPlan, Plan, SnapshotStep, StepPlan } from '../plan/plan.ts';

/** What happened in a run. All times are milliseconds since its start. */
export interface SimulatedRun {
  readonly plan: Plan;
  readonly processes: readonly ProcessRecord[];
  readonly effects: readonly Effect[];
  readonly deploys: readonly DeployRecord[];
  /** What happened outside of processes, for the timeline. */
  readonly notes: readonly { readonly at: number; readonly text: string }[];
  /** The actual state at the end, when everything that was requested has ended. */
  readonly actualState: ActualState;
  /** Why the run did not end; undefined when it did. */
  readonly stuck?: string;
}

/** One request of a process. */
export interface Exchange {
  readonly record: Readonly<RequestRecord>;
  /** Counts all requests of the run. */
  readonly order: number;
  readonly sentAt: number;
  /** When the API processed it. */
  processedAt: number;
  endedAt: number;
  /** The header of the response, if it had one. */
  retryAfter: string | undefined;
  /** What the response said of servers, by their actual id. */
  shown: ReadonlyMap<string, ShownServer>;
  /** The `status` of the body of a 2xx response to a change; undefined where it had none. */
  word: string | undefined;
}

/** A server as a response showed it, in lower case. */
export interface ShownServer {
  readonly status: string;
  readonly updatedAt: string | null;
}

export interface ProcessRecord {
  /** Index of its job in the plan. */
  readonly jobIndex: number;
  readonly job: JobPlan;
  readonly step: Exclude<StepPlan, { kind: 'deploy' | 'build' }>;
  readonly use: Use;
  readonly process: StepProcess;
  readonly exchanges: Exchange[];
  readonly isPost: boolean;
  /** The main process of a post. */
  readonly main?: ProcessRecord & { readonly step: SnapshotStep };
  /** The actual phase of each server when the process ended. */
  phases: ReadonlyMap<string, ServerPhase>;
}

/** Something that the API did on request. */
export interface Effect {
  readonly kind: 'create' | 'restore' | 'delete' | 'power';
  readonly at: number;
  /** Who requested it; null for a person in the panel. */
  readonly by: ProcessRecord | null;
  readonly exchange: Exchange | null;
  readonly serverId: string;
  /** For a power action: the action. */
  readonly snapshotId: string;
}

export interface DeployRecord {
  readonly jobIndex: number;
  readonly startedAt: number;
  readonly serverIds: readonly string[];
}

/** An invariant that did not hold. */
export interface Violation {
  readonly invariant: string;
  readonly text: string;
}
