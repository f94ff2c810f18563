import type { Api, PowerAction } from '../../../../src/vps/api.ts';
import type { VpsError } from '../../../../src/vps/errors.ts';
import type { VirtualClock } from '../../../../simulator/clock/virtual-clock.ts';
import { fails, SECOND, serverOf } from '../test-deps.ts';

/** No read has an answer: each goes on until there is one, or until its time is up. */
export const UNREADABLE = 'unreadable';

/** What reads show from which second on. */
export type Shown = readonly (readonly [from: number, word: string])[];

/** The answer to a power request: `null` it was taken. */
export type PowerAnswer = (request: {
  readonly action: PowerAction;
  /** 1 for the first one. */
  readonly n: number;
  /** What a read would show now. */
  readonly word: string;
}) => VpsError | null;

export interface PowerServerScript {
  readonly shown: Shown;
  /** As the API does it where nothing else is said: a start of an active server is refused with a 400. */
  readonly answer?: PowerAnswer;
  /** So many seconds after an accepted start reads show `active`, whatever the script says. */
  readonly boots?: number;
  /** Seconds that a power request takes. */
  readonly latency?: number;
}

export interface PowerServer {
  readonly api: Pick<Api, 'getServer' | 'powerServer'>;
  /** Each power request, with its second and the word that a read would have shown. */
  readonly requests: readonly string[];
}

/** The API's view of one server, in virtual time. */
export function createPowerServer(clock: () => VirtualClock, script: PowerServerScript): PowerServer {
  const { boots, answer = refuseWhatIsSo, latency = 0 } = script;
  const requests: string[] = [];
  let activeFrom = Number.POSITIVE_INFINITY;
  const word = (): string => {
    const now = clock().now() / SECOND;
    if (now >= activeFrom) return 'active';
    return script.shown.findLast(([from]) => from <= now)?.[1] ?? 'active';
  };
  return {
    requests,
    api: {
      async getServer(_id, limits) {
        while (word() === UNREADABLE) {
          if (clock().now() >= limits.until) throw fails('timeout');
          await clock().sleep(SECOND);
        }
        return serverOf(word());
      },
      async powerServer(_id, action) {
        const now = word();
        const refusal = answer({ action, n: requests.length + 1, word: now });
        const outcome = refusal === null ? 'taken' : `${refusal.status ?? refusal.kind}`;
        requests.push(`${Math.round(clock().now() / SECOND)} ${action} while ${now}: ${outcome}`);
        await clock().sleep(latency * SECOND);
        if (refusal !== null) throw refusal;
        if (action === 'start' && boots !== undefined && now !== 'active')
          activeFrom = Math.min(activeFrom, clock().now() / SECOND + boots);
      },
    },
  };
}

const refuseWhatIsSo: PowerAnswer = ({ action, word }) =>
  (action === 'start' && word === 'active') || (action === 'stop' && word === 'stopped')
    ? fails('http', 400)
    : null;
