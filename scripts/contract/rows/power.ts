import { type Row } from '../row.ts';
import { about, answered } from '../judges/common.ts';
import {
  judgeCall,
  judgeAnswer,
  judgeActions,
  judgeRepeat,
  judgeStopped,
  TRANSITIONS,
  judgeTransition,
  judgeStopDelay,
  judgeTimes,
  judgeStartDuring,
  judgeTouched,
  judgeBySnapshot,
} from '../judges/power.ts';

const rows = (definitions: readonly Omit<Row, 'needs'>[]): readonly Row[] =>
  definitions.map((each) => ({ ...each, needs: 'destroy' }));

const transitionRow = (name: keyof typeof TRANSITIONS): Omit<Row, 'needs'> => ({
  id: `power-${TRANSITIONS[name]}`,
  statement: `Meanwhile a server shows \`${TRANSITIONS[name]}\``,
  source: 'unknown',
  how: `the server, read after a ${name}`,
  decides: [`word_${TRANSITIONS[name]}`, 'power_transition'],
  judge: judgeTransition(name),
});

export const POWER_ROWS: readonly Row[] = rows([
  {
    id: 'power',
    statement: '`POST /servers/{id}/power/` with `{"action": "stop"}` is accepted',
    source: 'clients',
    how: 'a stop',
    decides: ['power'],
    judge: about('power.stop', judgeCall),
  },
  {
    id: 'power-actions',
    statement: 'The actions are `start`, `stop`, `restart` and `hard_stop`',
    source: 'clients',
    how: 'each of them',
    decides: [],
    judge: judgeActions,
  },
  {
    id: 'power-unknown-action',
    statement: 'Another action is refused with 400',
    source: 'unknown',
    how: 'an action of another name',
    decides: [],
    judge: answered(['power.unknown'], 400),
  },
  {
    id: 'power-answer',
    statement: 'The answer has `status` and `message`',
    source: 'unknown',
    how: 'the answer to the stop',
    decides: ['power_answer'],
    judge: about('power.stop', judgeAnswer),
  },
  {
    id: 'power-repeat',
    statement: 'A stop of a stopped server, and a start of an active one, are accepted',
    source: 'unknown',
    how: 'each action a second time',
    decides: ['power_repeat', 'refusal_status'],
    judge: judgeRepeat,
  },
  {
    id: 'power-stopped',
    statement: 'A server that was stopped is `stopped`',
    source: 'documented',
    how: 'the server, read after a stop',
    decides: ['word_stopped', 'power_ignored'],
    judge: judgeStopped,
  },
  transitionRow('stop'),
  transitionRow('start'),
  transitionRow('restart'),
  {
    id: 'power-stop-shows',
    statement: 'A stop shows as soon as it is accepted',
    source: 'unknown',
    how: 'the server, read after a stop',
    decides: ['stop_delay'],
    judge: judgeStopDelay,
  },
  {
    id: 'power-time',
    statement: 'A power action takes 3 to 20 seconds',
    source: 'unknown',
    how: 'the server, read after each action',
    decides: ['power_seconds'],
    judge: judgeTimes,
  },
  {
    id: 'start-during-snapshot',
    statement: 'A start is accepted while a snapshot of the stopped server is in progress',
    source: 'unknown',
    how: 'a start right after a create request',
    decides: ['start_during_snapshot', 'refusal_status'],
    judge: about('power.start', judgeStartDuring),
  },
  {
    id: 'updated-at-rest',
    statement: '`updated_at` of a server does not change by itself',
    source: 'unknown',
    how: 'the server, read every half minute while snapshots are made',
    decides: ['updated_at_touched'],
    judge: judgeTouched,
  },
  {
    id: 'updated-at-snapshot',
    statement: 'A snapshot does not change `updated_at` of its server',
    source: 'unknown',
    how: 'the server, read before and after the first create request',
    decides: ['updated_at_by_snapshot'],
    judge: judgeBySnapshot,
  },
]);
