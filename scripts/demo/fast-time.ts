/**
 * Loaded before a bundle (`node --import`): its clock and its pauses run as fast as the simulator's, so that a
 * snapshot of four minutes takes two seconds and the log still says four minutes. Nothing else is changed, and
 * the bundle knows nothing of it. Deadlines of single requests stay in real time.
 */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const { scale, real, virtual } = JSON.parse(process.env['DEMO_TIME'] ?? '{}') as {
  readonly scale: number;
  readonly real: number;
  readonly virtual: number;
};
const wall = Date.now.bind(Date);
const monotonic = performance.now.bind(performance);
const pause = timers.setTimeout;

Date.now = () => Math.floor(virtual + (wall() - real) * scale);
performance.now = () => monotonic() * scale;
timers.setTimeout = (ms = 0, ...rest) => pause(ms / scale, ...rest);
syncBuiltinESMExports();
