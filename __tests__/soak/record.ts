import type { RequestRecord } from '../../simulator/request-log.ts';
import type { ServerPhase, Truth } from '../../simulator/truth.ts';
import type { StepProcess, Use } from '../integration/harness/step-process.ts';
import type { JobPlan, Plan, SnapshotStep, StepPlan } from './plan.ts';

/** What happened in a life. All times are milliseconds since its beginning. */
export interface Life {
  readonly plan: Plan;
  readonly processes: readonly ProcessRecord[];
  readonly effects: readonly Effect[];
  readonly deploys: readonly DeployRecord[];
  /** Things that happened outside of processes, for the story. */
  readonly notes: readonly { readonly at: number; readonly text: string }[];
  /** The simulated world at the end, after everything had time to settle. */
  readonly truth: Truth;
  /** Why the life did not get to its end; undefined when it did. */
  readonly stuck?: string;
}

/** One request of a process. */
export interface Exchange {
  readonly record: Readonly<RequestRecord>;
  /** Counts all requests of the life. */
  readonly order: number;
  readonly sentAt: number;
  /** When the API acted on it. */
  processedAt: number;
  endedAt: number;
  /** The header of the answer, where it had one. */
  retryAfter: string | undefined;
}

export interface ProcessRecord {
  /** Place of its job in the plan. */
  readonly jobIndex: number;
  readonly job: JobPlan;
  readonly step: Exclude<StepPlan, { kind: 'deploy' | 'build' }>;
  readonly use: Use;
  readonly process: StepProcess;
  readonly exchanges: Exchange[];
  readonly isPost: boolean;
  /** The main process of a post. */
  readonly main?: ProcessRecord & { readonly step: SnapshotStep };
  /** The true state of each server when the process ended. */
  phases: ReadonlyMap<string, ServerPhase>;
}

/** Something that the API did because it was asked. */
export interface Effect {
  readonly kind: 'create' | 'restore' | 'delete' | 'power';
  readonly at: number;
  /** Who asked; null for a person in the panel. */
  readonly by: ProcessRecord | null;
  readonly exchange: Exchange | null;
  readonly serverId: string;
  /** Of a power action: the action. */
  readonly snapshotId: string;
}

export interface DeployRecord {
  readonly jobIndex: number;
  readonly begunAt: number;
  readonly serverIds: readonly string[];
}

/** A broken promise. */
export interface Violation {
  readonly invariant: string;
  readonly text: string;
}
