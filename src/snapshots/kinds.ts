import { type MarkerFlags } from './marker.ts';

export type Kind = 'ordinary' | 'protected' | 'undo' | 'unwaited';

interface Treatments {
  /** Towards the newest N that `keep_last` and `prune` keep. */
  readonly counts: boolean;
  readonly prune: 'beyond_newest' | 'after_a_day' | 'never';
  /** `before`: after failed and dead ones, before all others. */
  readonly rotate: 'oldest' | 'before' | 'never';
  /** What `delete` after the job deletes; `null` where no step with such an input makes one. */
  readonly deleteOption: 'own' | 'input_error' | null;
  /** `alike`: where the step would make one of the same kind. */
  readonly reuse: 'alike' | 'never';
  readonly latest: 'yes' | 'warned' | 'never';
  /** What it means for the restore of an older one. */
  readonly newerInPost: 'refuse' | 'note';
  readonly newerInRestore: 'refuse' | 'note';
}

/**
 * What happens to an own snapshot of each kind (`docs/how-it-works/retention.md`, "Kinds of snapshots"). The second of two
 * with one key is deleted whatever its kind.
 */
// prettier-ignore
const KINDS: { readonly [Row in keyof Treatments]: Readonly<Record<Kind, Treatments[Row]>> } = {
  counts:         { ordinary: true,            protected: false,         undo: false,         unwaited: true },
  prune:          { ordinary: 'beyond_newest', protected: 'never',       undo: 'after_a_day', unwaited: 'beyond_newest' },
  rotate:         { ordinary: 'oldest',        protected: 'never',       undo: 'before',      unwaited: 'oldest' },
  deleteOption:   { ordinary: 'own',           protected: 'input_error', undo: null,          unwaited: 'own' },
  reuse:          { ordinary: 'alike',         protected: 'alike',       undo: 'never',       unwaited: 'alike' },
  latest:         { ordinary: 'yes',           protected: 'yes',         undo: 'never',       unwaited: 'warned' },
  newerInPost:    { ordinary: 'refuse',        protected: 'refuse',      undo: 'refuse',      unwaited: 'refuse' },
  newerInRestore: { ordinary: 'refuse',        protected: 'refuse',      undo: 'note',        unwaited: 'refuse' },
};

/** How a snapshot is treated; one of several kinds as the first of them that is not treated like an ordinary one. */
export function treat<Row extends keyof Treatments>(row: Row, marker: MarkerFlags): Treatments[Row] {
  const { ordinary, ...special }: Readonly<Record<Kind, Treatments[Row]>> = KINDS[row];
  const treatments = [
    ...(marker.isProtected ? [special.protected] : []),
    ...(marker.isUndo ? [special.undo] : []),
    ...(marker.isUnwaited ? [special.unwaited] : []),
  ];
  return treatments.find((treatment) => treatment !== ordinary) ?? ordinary;
}
