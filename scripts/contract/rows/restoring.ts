import { isOk, textOf } from '../recording.ts';
import { notShown, rowsThatNeed, verdict } from '../row.ts';
import { about, answered, answerOf, NOT_ASKED } from '../checks/common.ts';
import {
  MESSAGE,
  aboutRestore,
  checkAnswer,
  checkDuring,
  checkWhile,
  checkAgain,
  checkShown,
  checkShownToEnd,
  checkStops,
  checkUpdated,
  checkTime,
  checkEnd,
  checkEndOfStopped,
  checkLateEnd,
  checkWord,
} from '../checks/restoring.ts';

const WATCH = 'the server, read from the request to the end';

export const RESTORING_ROWS = rowsThatNeed('destroy', [
  {
    id: 'restore',
    statement:
      '`POST /snapshots/{id}/restore/` is answered with 200: `status` is `success`, `snapshot` has `id`, `name` and `created_at`, `server` has `id`, `name` and `status`',
    source: 'documented',
    how: 'the answer to the first restore request that is accepted',
    decides: ['restore_answer'],
    check: aboutRestore(checkAnswer),
  },
  {
    id: 'restore-message',
    statement: 'Its `message` says that it takes 5 to 15 minutes',
    source: 'documented',
    how: 'the same answer',
    decides: [],
    check: aboutRestore(({ body }) => {
      const message = textOf(body['message']);
      return verdict(MESSAGE.test(message), /\d+\D{0,5}\d* minutes?/.exec(message)?.[0] ?? 'no such text');
    }),
  },
  {
    id: 'restore-word',
    statement: 'It says that the server is `restoring`',
    source: 'documented',
    how: 'the same answer',
    decides: ['word_restoring'],
    check: aboutRestore(({ answer }) => checkWord(answer)),
  },
  {
    id: 'restore-unknown',
    statement: 'A restore of a snapshot that does not exist is refused with 404',
    source: 'documented',
    how: 'an id that no snapshot has',
    decides: [],
    check: answered(['restore.unknown'], 404),
  },
  {
    id: 'restore-invalid-state',
    statement: 'A server that is in no valid state, such as one that is being restored, is refused with 400',
    source: 'documented',
    how: 'the same request again, right after it',
    decides: ['restore_while', 'refusal_status'],
    check: about('restore.again', checkAgain),
  },
  {
    id: 'restore-during-snapshot',
    statement: 'A restore is accepted while a snapshot of the server is in progress',
    source: 'unknown',
    how: 'a restore request while another snapshot is in progress',
    decides: ['restore_during_snapshot', 'refusal_status'],
    check: checkDuring,
  },
  {
    id: 'restoring-shown',
    statement: 'The server shows `restoring` as soon as the request is accepted',
    source: 'unknown',
    how: WATCH,
    decides: ['restoring_late', 'restoring_shown'],
    check: aboutRestore(checkShown),
  },
  {
    id: 'restoring-to-end',
    statement: 'It shows it to the end of the restore',
    source: 'unknown',
    how: WATCH,
    decides: ['restoring_shown', 'restoring_hidden_as'],
    check: aboutRestore(checkShownToEnd),
  },
  {
    id: 'restore-stops',
    statement: 'The server is stopped by itself before it is overwritten',
    source: 'documented',
    how: 'it does not show `active` all the time',
    decides: [],
    check: aboutRestore(checkStops),
  },
  {
    id: 'restore-updated-at',
    statement: '`updated_at` of the server changes with the word, not before it',
    source: 'unknown',
    how: WATCH,
    decides: ['restoring_late_updated_at'],
    check: aboutRestore(checkUpdated),
  },
  {
    id: 'restore-time',
    statement: 'A restore takes 5 to 15 minutes',
    source: 'documented',
    how: WATCH,
    decides: ['restore_seconds'],
    check: aboutRestore(checkTime),
  },
  {
    id: 'restore-end',
    statement: 'After it the server is started by itself: it ends `active`',
    source: 'unknown',
    how: WATCH,
    decides: ['after_restore'],
    check: aboutRestore(checkEnd),
  },
  {
    id: 'restore-end-late',
    statement: 'The word after it stays',
    source: 'unknown',
    how: 'the server, read for a minute and a half after the end',
    decides: ['after_restore_late'],
    check: aboutRestore(checkLateEnd),
  },
  {
    id: 'restore-of-stopped',
    statement: 'A stopped server may be restored',
    source: 'unknown',
    how: 'a restore request while the server is stopped',
    decides: ['restore_while'],
    check: about('restore.stopped', (each, recording) =>
      verdict(isOk(each), isOk(each) ? `accepted, ${each.status}` : answerOf(each), {
        restore_while: checkWhile(recording),
      }),
    ),
  },
  {
    id: 'restore-end-of-stopped',
    statement: 'A stopped server ends `active` as well',
    source: 'unknown',
    how: 'the same server, read to the end',
    decides: [],
    check: checkEndOfStopped,
  },
  {
    id: 'restore-content',
    statement: 'A restore puts the server back to what it was, and overwrites everything written since',
    source: 'documented',
    needs: 'content',
    how: 'what `--read-command` prints: at the snapshot, after `--write-command`, and after the restore',
    decides: [],
    check: ({ facts: { content } }) => {
      if (content === null) return notShown(NOT_ASKED);
      if (content.taken === content.changed) return notShown('the command changed nothing');
      const { after, taken, changed } = content;
      return verdict(
        after === taken,
        after === taken ? 'as at the snapshot' : after === changed ? 'as before the restore' : 'neither',
      );
    },
  },
]);
