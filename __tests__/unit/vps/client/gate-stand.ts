import { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { createGate, type Gate, type Priority } from '../../../../src/vps/client/gate.ts';
import { MINUTE } from './scripted-client.ts';

interface Passage {
  readonly name: string;
  readonly at: number;
  readonly passed: boolean;
}

export interface GateStand {
  readonly clock: VirtualClock;
  readonly gate: Gate;
  readonly cancelled: AbortController;
  /** When a wait was reported. */
  readonly waited: readonly number[];
  /** In the order in which they left. */
  readonly passages: readonly Passage[];
  /** Waits at the gate under a name. */
  readonly come: (name: string, priority?: Priority, until?: number) => Promise<void>;
}

/** A gate in virtual time; with `random` 1 a pause is as long as it can be. */
export function createStand({ random = 1, scale = 1 } = {}): GateStand {
  const clock = new VirtualClock();
  const cancelled = new AbortController();
  const waited: number[] = [];
  const passages: Passage[] = [];
  const gate = createGate({
    clock,
    random: () => random,
    scale,
    cancelled: cancelled.signal,
    onWaiting: () => void waited.push(clock.now()),
  });
  return {
    clock,
    gate,
    cancelled,
    waited,
    passages,
    async come(name, priority = 'read', until = 60 * MINUTE) {
      const passed = await gate.pass(priority, until);
      passages.push({ name, at: clock.now(), passed });
    },
  };
}

/** So many who wait at the gate at once. */
export const crowd = (stand: GateStand, count: number, priority?: Priority): Promise<void>[] =>
  Array.from({ length: count }, (_, index) => stand.come(`${priority ?? 'read'} ${index}`, priority));
