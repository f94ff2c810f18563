import { planSlot, type SlotFacts } from '../../../../src/snapshots/slots.ts';
import type { Snapshot } from '../../../../src/vps/model.ts';
import { HOUR, markerOf, NOW, ORIGIN, snapshot } from '../samples.ts';

export const own = (id: string, fields: Parameters<typeof snapshot>[0] = {}): Snapshot =>
  snapshot({ id, ...fields });
const foreign = (id: string): Snapshot =>
  snapshot({ id, description: markerOf({ repositoryId: '8' }), age: 99 * HOUR });
export const FOREIGN = ['91', '92', '93', '94', '95', '96'].map(foreign);

export const PROTECTED = { description: markerOf({ isProtected: true }) };
export const IN_PROGRESS = (age: number): Parameters<typeof snapshot>[0] => ({ status: 'in_progress', age });

/** Five snapshots: the given ones, and foreign ones for the rest. */
export const five = (...given: Snapshot[]): Snapshot[] => [...given, ...FOREIGN].slice(0, 5);

export function plan(
  snapshots: readonly Snapshot[],
  fields: Partial<SlotFacts> = {},
): ReturnType<typeof planSlot> {
  return planSlot({ snapshots, complete: true, whenFull: 'rotate', origin: ORIGIN, now: NOW, ...fields });
}
