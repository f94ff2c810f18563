/** A deliberate mistake in the sources: what it breaks, and the text that makes it. */
export interface Breakage {
  readonly name: string;
  /** Below `src`. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** Each takes one protection away. Whoever changes the sources changes the texts here with them. */
export const BREAKAGES: readonly Breakage[] = [
  {
    name: 'a newer snapshot of another step does not stop a rollback',
    file: 'snapshots/interlocks.ts',
    find: 'if (facts.key === null || marker.key !== facts.key) {',
    replace: 'if (facts.key === null) {',
  },
  {
    name: 'a rollback from a snapshot that nobody saw completed',
    file: 'snapshots/interlocks.ts',
    find: 'if (facts.seenCompleted === null) {',
    replace: 'if (facts.seenCompleted === undefined) {',
  },
  {
    name: 'a rollback of a server that is being restored already',
    file: 'snapshots/interlocks.ts',
    find: "if (facts.serverStatus === 'restoring')",
    replace: "if (facts.serverStatus === 'rebuilding')",
  },
  {
    name: 'the restore action takes the snapshot of an earlier attempt',
    file: 'snapshots/interlocks.ts',
    find: 'marker.runAttempt < run.runAttempt',
    replace: 'marker.runAttempt < 0',
  },
  {
    name: 'the restore action takes the snapshot of another server',
    file: 'snapshots/interlocks.ts',
    find: 'if (facts.serverIds.length > 0 && !isNameless && !isOfServer(snapshot.server, facts.serverIds)) {',
    replace: 'if (facts.serverIds.length > 99) {',
  },
  {
    name: 'the intent is not saved before the create request',
    file: 'actions/creation.ts',
    find: "  track.save({ phase: 'intent' });\n",
    replace: '',
  },
  {
    name: 'the id is not saved after the answer',
    file: 'actions/creation.ts',
    find: "snapshotId: snapshot.id === '' ? null : snapshot.id,",
    replace: 'snapshotId: null,',
  },
  {
    name: 'every marked snapshot counts as own',
    file: 'snapshots/marker.ts',
    find: 'return marker !== null && marker.repositoryId === fit(origin.repositoryId, LIMITS.repositoryId);',
    replace: "return marker !== null && origin.repositoryId !== '';",
  },
  {
    name: 'a create request is repeated without a look',
    file: 'actions/creation.ts',
    find: 'if (await findLostAnswer(track, deps, options, failure)) return true;',
    replace: '',
  },
  {
    name: 'a restore request is repeated although it was taken',
    file: 'actions/restore-request.ts',
    find: "if (outcome !== 'not_taken')",
    replace: 'if (deps.cancelled.aborted)',
  },
  {
    name: 'a lost answer to a restore is told as no request',
    file: 'actions/restore-request.ts',
    find: "stage: 'requested', requested: true };",
    replace: "stage: 'requested', requested: false };",
  },
  {
    name: 'post does not search for the key',
    file: 'actions/leftovers.ts',
    find: 'const keyed = findByKey(list.snapshots, record.key);',
    replace: "const keyed = findByKey(list.snapshots, 'none');",
  },
  {
    name: 'a snapshot counts as completed from its request on',
    file: 'actions/creation.ts',
    find: "phase: 'created',",
    replace: "phase: 'completed',",
  },
  {
    name: 'a time-out ends green',
    file: 'actions/awaiting.ts',
    find: 'if (now >= options.until) throw timedOut(waiting, options, outage);',
    replace: 'if (now >= options.until) return;',
  },
  {
    name: 'a word that nobody knows is success',
    file: 'snapshots/status.ts',
    find: "?? 'pending'",
    replace: "?? 'completed'",
  },
  {
    name: 'a changed updated_at and `active` are a restore',
    file: 'snapshots/restoration.ts',
    find: "if (!waited) return 'begun';",
    replace: '',
  },
  {
    name: 'a restore need not be seen to begin',
    file: 'snapshots/restoration.ts',
    find: 'const begun = state.begun || showsBegin(state.before, server);',
    replace: 'const begun = true;',
  },
  {
    name: 'rotation beside an own snapshot in progress',
    file: 'snapshots/slots.ts',
    find: "if (own.some((s) => meaningOf(s.status) === 'pending')) {",
    replace: "if (own.some((s) => s.id === 'none')) {",
  },
  {
    name: 'rotation deletes what this run made',
    file: 'snapshots/slots.ts',
    find: '.filter((s) => parseMarker(s.description)?.runId !== run)',
    replace: ".filter(() => run !== '')",
  },
  {
    name: 'rotation deletes the newest',
    file: 'snapshots/slots.ts',
    find: '.toSorted((a, b) => newestFirst(b, a))',
    replace: '.toSorted((a, b) => newestFirst(a, b))',
  },
  {
    name: 'a stop that was not confirmed is forgotten',
    file: 'actions/power.ts',
    find: "power.found === 'active' && power.stop !== 'none' && !power.started",
    replace: "power.found === 'active' && power.stop === 'confirmed' && !power.started",
  },
  {
    name: 'a failed snapshot leaves the server stopped, and post does not look',
    file: 'actions/power.ts',
    find: "power.found === 'active' && power.stop !== 'none' && !power.started",
    replace: "power.found === 'stopped' && power.stop !== 'none' && !power.started",
  },
  {
    name: 'the second of two snapshots is not deleted',
    file: 'actions/cleanup.ts',
    find: 'for (const each of surplus ?? []) {',
    replace: 'for (const each of surplus?.slice(9) ?? []) {',
  },
  {
    name: 'the first of two snapshots is not deleted where it has failed',
    file: 'snapshots/waiting.ts',
    find: 'const keeper = isFailed ? twins.find(isCompleted) : [own].find(isCompleted);',
    replace: 'const keeper = isFailed ? undefined : [own].find(isCompleted);',
  },
  {
    name: 'post looks once only after a request that was sent twice',
    file: 'actions/leftovers.ts',
    find: "const settled = record.snapshotId !== null && (!record.resent || record.phase === 'completed');",
    replace: 'const settled = record.snapshotId !== null;',
  },
  {
    name: 'a snapshot is deleted by an id that nothing has shown',
    file: 'actions/cleanup.ts',
    find: 'if (found !== null || record.shown)',
    replace: "if (found !== null || record.key !== '')",
  },
  {
    name: 'Retry-After is not read',
    file: 'vps/retry.ts',
    find: "const text = value?.trim() ?? '';",
    replace: "const text = value?.slice(99) ?? '';",
  },
  {
    name: 'retention keeps one less',
    file: 'snapshots/retention.ts',
    find: '.slice(0, facts.rule.keepLast);',
    replace: '.slice(0, facts.rule.keepLast - 1);',
  },
  {
    name: 'retention counts what is in progress',
    file: 'snapshots/retention.ts',
    find: "isOwn(parseMarker(s.description), facts.origin) && meaningOf(s.status) === 'completed')",
    replace: 'isOwn(parseMarker(s.description), facts.origin))',
  },
  {
    name: 'retention deletes what this run made',
    file: 'snapshots/retention.ts',
    find: "if (marker.runId === normalizeOrigin(facts.origin).runId) return 'made by this run';",
    replace: "if (normalizeOrigin(facts.origin).runId === '') return 'made by this run';",
  },
  {
    name: 'the delete action takes whatever is named',
    file: 'actions/delete.ts',
    find: 'if (force || isOwn(marker, deps.job.origin)) return [];',
    replace: "if (force || marker?.key !== '') return [];",
  },
  {
    name: 'a rollback after a main step that did not finish',
    file: 'snapshots/policy.ts',
    find: "if (!facts.succeeded) return decideUnfinished(facts, restoreIf === 'yes');",
    replace: "if (restoreIf === null) return decideUnfinished(facts, restoreIf === 'yes');",
  },
  {
    name: 'a failure before the snapshot rolls back',
    file: 'snapshots/policy.ts',
    find: "if (facts.statusBefore === 'failure' || facts.statusBefore === 'cancelled') {",
    replace: "if (facts.statusBefore === 'none') {",
  },
  {
    name: 'a cancelled step goes on sending',
    file: 'vps/client.ts',
    find: "if (options.cancelled.aborted) throw failure(call, 'cancelled', { cause: last });",
    replace: '',
  },
  {
    name: "another run's state is taken for this one's",
    file: 'github/state.ts',
    find: 'return record.runId === run.runId && record.runAttempt === run.runAttempt;',
    replace: "return record.runId !== '' && run.runId !== '';",
  },
  {
    name: 'a 5xx counts as a refusal',
    file: 'vps/errors.ts',
    find: 'error.status >= 400 && error.status < 500',
    replace: 'error.status >= 400 && error.status < 600',
  },
  {
    name: 'no pause while in doubt',
    file: 'snapshots/schedule.ts',
    find: 'doubt: pollInterval ?? DOUBT_PAUSE,',
    replace: 'doubt: pollInterval ?? 1,',
  },
  {
    name: 'a dry run is not one',
    file: 'actions/create.ts',
    find: 'if (inputs.dryRun) return await planOnly(tracks, inputs, deps);',
    replace: '',
  },
  {
    name: 'a clean-up that fails fails the job',
    file: 'actions/cleanup.ts',
    find: "      deps.log.warning('Older snapshots not deleted',",
    replace: "      if (id !== '') throw error;\n      deps.log.warning('Older snapshots not deleted',",
  },
  {
    name: 'every list counts as complete',
    file: 'vps/api.ts',
    find: 'const complete = steady && ',
    replace: 'const complete = pages.length > 0 || ',
  },
];
