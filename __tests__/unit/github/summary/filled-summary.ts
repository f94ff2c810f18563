import { restoreCommand, type Summary } from '../../../../src/github/summary.ts';
import { NOW, snapshot } from '../../snapshots/samples.ts';

export const COMMAND = restoreCommand('https://admin.vps.org/api/v1', '801');

/** A summary with nothing but what each has. */
export const BARE: Summary = {
  headline: 'h',
  lead: undefined,
  alerts: [],
  events: [],
  step: '',
  linkTo: () => '',
};

/** A summary with every part, and `text` in every place where a text of the API or of a user may stand. */
export function filled(text: string): Summary {
  const listed = snapshot({ id: '700', name: text, status: text, createdAt: text });
  return {
    ...BARE,
    headline: text,
    explanation: text,
    rows: [
      {
        server: text,
        snapshotId: text,
        name: text,
        status: text,
        sizeMb: 2048,
        createdAt: text,
        slotsUsed: 3,
      },
      {
        server: text,
        snapshotId: null,
        name: null,
        status: null,
        sizeMb: null,
        createdAt: null,
        slotsUsed: null,
      },
    ],
    restores: [
      {
        server: text,
        snapshotId: text,
        requested: true,
        confirmed: true,
        hasEnded: false,
        started: false,
        health: 'failed',
        serverStatus: text,
        name: text,
        createdAt: text,
        loss: text,
        fate: 'kept',
      },
    ],
    retention: [
      {
        server: text,
        verdicts: [{ snapshot: listed, action: 'delete', reason: text }],
        isPlan: false,
        deleted: [],
        failed: [],
        kept: new Set(),
      },
    ],
    alerts: [
      { kind: 'error', title: text, text },
      { kind: 'warning', title: text, text, command: COMMAND },
    ],
    events: [{ at: NOW, subject: text, text }],
    commands: [COMMAND],
  };
}
