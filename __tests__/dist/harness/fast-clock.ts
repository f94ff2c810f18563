/**
 * Loaded before a bundle (`node --import`): its clock runs {@link SPEED} times as fast, the deadline of a request
 * included, so that an API that never answers costs three seconds in place of thirty. Nothing else is changed, and the
 * bundle knows nothing of it.
 */
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const SPEED = 10;
const monotonic = performance.now.bind(performance);
const pause = timers.setTimeout;
const abortAfter = AbortSignal.timeout.bind(AbortSignal);

performance.now = () => monotonic() * SPEED;
timers.setTimeout = (ms = 0, ...rest) => pause(ms / SPEED, ...rest);
AbortSignal.timeout = (ms) => abortAfter(Math.ceil(ms / SPEED));
syncBuiltinESMExports();
