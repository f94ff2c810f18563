import { type PowerRecord } from '../../github/state.ts';
import { type KnownStop } from '../../snapshots/polling/starting.ts';
import { type Deps } from '../common/deps.ts';

/** What the saved record says of a stop, in this process's own time; a clock that went back makes it younger. */
export function knownStop(power: PowerRecord, { clock }: Pick<Deps, 'clock'>): KnownStop {
  const elapsed = power.stopAcceptedAt === null ? 0 : Math.max(0, clock.wall() - power.stopAcceptedAt);
  return { wasSeen: power.stop === 'confirmed', acceptedAt: clock.now() - elapsed };
}
