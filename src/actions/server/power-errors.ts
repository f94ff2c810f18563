import { formatDuration } from '../../github/format.ts';
import { BUDGETS } from '../../snapshots/polling/schedule.ts';
import { type VpsError } from '../../vps/errors.ts';
import { FailedError } from '../common/errors.ts';

/** Why a server was not stopped or not started, what is so now, and what to do. */

export interface PowerTarget {
  /** The id to ask for. */
  readonly id: string;
  readonly label: string;
}

const NOT_STOPPED = 'Server not stopped';
export const NOT_STARTED = 'Server not started';
/** The API does not take the start, and it is tried again. */
export const NOT_STARTED_YET = 'Server not started yet';

/** Its state cannot be read, so that nothing is stopped. */
export function unreadableBeforeStop(target: PowerTarget, cause: VpsError): FailedError {
  return new FailedError(
    NOT_STOPPED,
    `${target.label}: 'stop_server' needs to read the server's state, which failed; nothing was stopped, and no snapshot was made. ${adviseOn(cause)}`,
    { cause },
  );
}

/** It is in a state from which nothing is stopped. */
export function notAtRest(target: PowerTarget, status: string): FailedError {
  return new FailedError(
    NOT_STOPPED,
    `${target.label}: the server is '${status || 'without a status'}', neither active nor stopped, so it is not stopped for a snapshot. Nothing was changed, and no snapshot was made. Look at the server in the panel of VPS.org.`,
  );
}

/** The API did not take the stop. */
export function stopRefused(target: PowerTarget, cause: VpsError): FailedError {
  return new FailedError(
    NOT_STOPPED,
    `${target.label}: the server was not stopped: ${problemOf(cause)}. No snapshot was made. ${adviseOn(cause)}`,
    { cause },
  );
}

/** The stop was requested, and `stopped` was not seen in time; a start follows. */
export function stopNotSeen(target: PowerTarget, cause: VpsError | null): FailedError {
  return new FailedError(
    NOT_STOPPED,
    `${target.label}: a stop was requested, and the server was not seen stopped within ${formatDuration(BUDGETS.stop)}. No snapshot was made, and a start is requested now. Look at the server in the panel of VPS.org, or take the snapshot without 'stop_server'.`,
    cause === null ? {} : { cause },
  );
}

export interface FailedStart {
  /** Its last known state, `null` where it could not be read. */
  readonly status: string | null;
  /** Starts that the API took. */
  readonly isAccepted: boolean;
  /** A stop of ours may still take effect. */
  readonly mayStillStop: boolean;
  readonly cause: VpsError | null;
}

/** The server was not seen to be up, and to stay up, in time. */
export function notStarted(target: PowerTarget, failed: FailedStart): FailedError {
  const { status, isAccepted, mayStillStop, cause } = failed;
  const state =
    status === 'stopped'
      ? 'the server is STOPPED'
      : `the server is ${status === null ? 'in an unknown state' : `'${status}'`}`;
  const start = isAccepted
    ? 'a start was requested and accepted, and it was not seen up in time'
    : 'no start was accepted';
  const late = mayStillStop ? '; the stop that this step requested may still take effect' : '';
  return new FailedError(
    NOT_STARTED,
    `${target.label}: ${state}: ${start}${late}. START IT BY HAND in the panel of VPS.org if it is stopped.`,
    cause === null ? {} : { cause },
  );
}

/** A permission is missing only where the API speaks of one. */
function adviseOn({ status, isHtml }: VpsError): string {
  return (status === 401 || status === 403) && !isHtml
    ? "Give the token the permission to read, stop and start servers, or use 'stop_server: false'."
    : "Look at the server in the panel of VPS.org, or take the snapshot without 'stop_server'.";
}

function problemOf(cause: VpsError): string {
  return cause.status === 404
    ? 'VPS.org does not know this server or this call (the power call is not in its documentation)'
    : 'VPS.org did not accept the request';
}
