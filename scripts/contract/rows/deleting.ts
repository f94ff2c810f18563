import { rowsThatNeed } from '../row.ts';
import { about, answered } from '../checks/common.ts';
import { checkAnswer, checkGone, checkSlot, checkBusy, checkTwice } from '../checks/deleting.ts';

export const DELETING_ROWS = rowsThatNeed('destroy', [
  {
    id: 'delete',
    statement: '`DELETE /snapshots/{id}/` is answered with 204',
    source: 'documented',
    how: 'DELETE of a completed snapshot',
    decides: ['delete_answer'],
    check: about('delete.once', checkAnswer),
  },
  {
    id: 'delete-unknown',
    statement: 'DELETE of a snapshot that does not exist is refused with 404',
    source: 'documented',
    how: 'an id that no snapshot has',
    decides: [],
    check: answered(['delete.unknown'], 404),
  },
  {
    id: 'delete-twice',
    statement: 'A second DELETE is refused with 404',
    source: 'documented',
    how: 'the same request again, right after it',
    decides: [],
    check: about('delete.twice', checkTwice),
  },
  {
    id: 'delete-gone',
    statement: 'What is deleted is gone from the list at once, for good',
    source: 'documented',
    how: 'the lists after it',
    decides: ['deleted_late', 'delete_seconds', 'word_deleting'],
    check: checkGone,
  },
  {
    id: 'delete-slot',
    statement: 'It frees a slot at once',
    source: 'unknown',
    how: 'a create request on a server that was full',
    decides: ['slot_late'],
    check: checkSlot,
  },
  {
    id: 'delete-busy',
    statement: 'A snapshot in progress can be deleted',
    source: 'unknown',
    how: 'DELETE right after a create request',
    decides: ['delete_busy', 'refusal_status'],
    check: about('delete.busy', checkBusy),
  },
]);
