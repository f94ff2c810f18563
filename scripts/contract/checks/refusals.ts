import { type Switches } from '../../../simulator/api/switches.ts';
import { parseDetail } from '../../../src/vps/schemas.ts';
import { isOk } from '../recording.ts';
import { type Exchange } from '../exchange.ts';

/** The API's own reason. */
export function reasonOf({ text }: Exchange): string {
  return parseDetail(text) ?? '';
}

/** How a request is refused because of a state, where that is one of the ways that the simulator knows. */
export function refusalStatus({ status }: Exchange): Partial<Switches> {
  return status === 400 || status === 409 || status === 423 ? { refusal_status: status } : {};
}

/** Whether two refusals have the same reason. */
export function isSameReason(one: Exchange | undefined, other: Exchange | undefined): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    !isOk(one) &&
    one.status === other.status &&
    reasonOf(one) === reasonOf(other)
  );
}
