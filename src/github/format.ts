/** Durations, sizes and times as people read them. */

/** Milliseconds of each unit of a duration that a user types. */
export const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The shortest exact form of a duration in milliseconds: `90000` gives `90s`, `1800000` gives `30m`. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms >= UNITS[unit] && ms % UNITS[unit] === 0 && (unit !== 's' || ms < 10 * UNITS.m))
      return `${ms / UNITS[unit]}${unit}`;
  }
  return ms < UNITS.s ? `${Math.round(ms)}ms` : formatElapsed(ms);
}

/** A measured time: `4m 05s`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const rest = String(seconds % 60).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)}d ${hours % 24}h`;
  return minutes < 60 ? `${minutes}m ${rest}s` : `${hours}h ${String(minutes % 60).padStart(2, '0')}m`;
}

/** An instant, in UTC to the second. */
export function formatTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** The time of day of an instant, in UTC to the minute. */
export function formatClock(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(11, 16)} UTC`;
}

/** Megabytes. */
export function formatSize(sizeMb: number | null): string {
  if (sizeMb === null) return '–';
  return sizeMb >= 1024 ? `${(sizeMb / 1024).toFixed(1)} GB` : `${sizeMb} MB`;
}

/** A span of time in whole minutes, rounded up: `14 min`, `2 h 05 min`, `3 d 4 h`. */
export function formatMinutes(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / UNITS.m));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
