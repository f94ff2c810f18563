import { type Alert } from '../../github/log.ts';
import { lossOf } from './loss.ts';
import { type Occasion } from './message.ts';
import { isConfirmed, isRequested, isRestored, type Restore } from './restore.ts';

/** The headline of a card about restores: the state of the servers, since whoever is woken up reads no further. */
export function headlineOfRestores(
  restores: readonly Restore[],
  lead: Alert | undefined,
  occasion: Occasion,
): string {
  return `${signOf(restores)} ${lead?.headline ?? describeAll(restores, occasion)}`;
}

function signOf(restores: readonly Restore[]): string {
  if (restores.some(({ stage }) => stage === 'down')) return '🛑';
  if (restores.length > 0 && restores.every(isRestored)) return '⏪';
  return restores.some(isRequested) ? '⚠️' : '❌';
}

function describeAll(restores: readonly Restore[], occasion: Occasion): string {
  const all = restores.length;
  const isRollback = occasion !== null;
  const what = isRollback ? 'rollback' : 'restore';
  const done = isRollback ? 'rolled back' : 'restored';
  const down = restores.filter(({ stage }) => stage === 'down').length;
  if (down === 1) return `A server is STOPPED after the ${what}: start it`;
  if (down > 1) return `${down} servers are STOPPED after the ${what}: start them`;
  const restored = restores.filter(isRestored).length;
  if (all > 0 && restored === all) return `${all} servers ${done}${describeMostLost(restores)}`;
  if (all > 0 && restores.every(isConfirmed)) return `${all} servers ${done}, health check FAILED`;
  if (restored > 0) return `${restored} of ${all} servers ${done}`;
  if (restores.some(isRequested)) return `${isRollback ? 'Rollback' : 'Restore'} requested, not confirmed`;
  const server = all > 1 ? 'servers' : 'server';
  return isRollback ? `${occasion}, ${server} NOT restored` : `Server${all > 1 ? 's' : ''} NOT restored`;
}

/** Of several servers the one that goes back furthest. */
function describeMostLost(restores: readonly Restore[]): string {
  const losses = restores.map(lossOf);
  const most = losses.toSorted((a, b) => (b.ms ?? Infinity) - (a.ms ?? Infinity))[0];
  if (most === undefined || most.ms === null) return '';
  return `${most.to}, ${losses.every(({ lost }) => lost === most.lost) ? `${most.lost} on each` : `up to ${most.lost}`}`;
}
