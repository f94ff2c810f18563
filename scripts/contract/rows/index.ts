import { type Row } from '../row.ts';
import { ACCESS_ROWS } from './access.ts';
import { CREATING_ROWS } from './creating.ts';
import { DELETING_ROWS } from './deleting.ts';
import { LIFECYCLE_ROWS } from './lifecycle.ts';
import { LIST_ROWS } from './lists.ts';
import { POWER_ROWS } from './power.ts';
import { RESTORING_ROWS } from './restoring.ts';
import { SERVER_ROWS } from './servers.ts';

/** Everything that is claimed or asked about the API, by subject. */
export const ROWS: readonly Row[] = [
  ...ACCESS_ROWS,
  ...LIST_ROWS,
  ...SERVER_ROWS,
  ...CREATING_ROWS,
  ...LIFECYCLE_ROWS,
  ...RESTORING_ROWS,
  ...DELETING_ROWS,
  ...POWER_ROWS,
];
