/** A bug that is planted on purpose: an expression of a function of `src/`, and what replaces it. */
export interface PlantedBug {
  readonly name: string;
  /** The function; its file is found by this name. */
  readonly in: string;
  /** Occurs exactly once in the function; `…` stands for anything without parentheses. */
  readonly find: string;
  readonly replace: string;
}

/** Each takes one protection away. Most replace a condition by the answer that it should not give. */
// prettier-ignore
export const PLANTED_BUGS: readonly PlantedBug[] = [
  { name: 'a newer snapshot of another step does not stop a rollback', in: 'checkNewer', find: 'marker.key !== facts.key', replace: 'false' },
  { name: 'a rollback from a snapshot that nobody saw completed', in: 'checkRollback', find: 'facts.seenCompleted === null', replace: 'false' },
  { name: 'a rollback of a server that is being restored already', in: 'checkSnapshot', find: "facts.serverStatus === 'restoring'", replace: 'false' },
  { name: 'the restore action restores a snapshot of an earlier attempt', in: 'checkAskedRestore', find: 'marker.runAttempt < run.runAttempt', replace: 'false' },
  { name: 'the restore action restores a snapshot of another server', in: 'checkSnapshot', find: 'facts.serverIds.length > 0', replace: 'false' },
  { name: 'the intent is not saved before the create request', in: 'request', find: "phase: 'intent'", replace: "phase: 'planned'" },
  { name: 'the id is not saved after the answer', in: 'claim', find: "snapshot.id === '' ?", replace: 'true ?' },
  { name: 'every marked snapshot counts as own', in: 'isOwn', find: 'marker.repositoryId === fit(…)', replace: 'true' },
  { name: 'a create request is sent again without reading a list', in: 'resolveUnclear', find: 'await findLostAnswer(…)', replace: 'false' },
  { name: 'a restore request is sent again although the first was accepted', in: 'requestRestore', find: "outcome !== 'not_taken'", replace: 'false' },
  { name: 'a lost answer to a restore is reported as not requested', in: 'requestRestore', find: 'requested: true', replace: 'requested: false' },
  { name: 'post does not search for the key', in: 'candidatesOf', find: 'findByKey(…)', replace: '[]' },
  { name: 'a snapshot counts as completed from its request on', in: 'claim', find: "phase: 'created'", replace: "phase: 'completed'" },
  { name: 'a time-out ends as a success', in: 'waitForSnapshots', find: 'throw timedOut(…)', replace: 'return' },
  { name: 'an unknown status counts as completed', in: 'meaningOf', find: "?? 'pending'", replace: "?? 'completed'" },
  { name: 'a changed updated_at and `active` count as a restore', in: 'phaseOf', find: '!waited', replace: 'false' },
  { name: 'a restore counts as started without being seen', in: 'observeServer', find: 'state.started || showsStart(…)', replace: 'true' },
  { name: 'rotation beside an own snapshot in progress', in: 'planSlot', find: "meaningOf(…) === 'pending'", replace: 'false' },
  { name: 'rotation deletes a snapshot of this run', in: 'planSlot', find: 'parseMarker(…)?.runId !== run', replace: 'true' },
  { name: 'rotation deletes the newest', in: 'planSlot', find: 'newestFirst(b, a)', replace: 'newestFirst(a, b)' },
  { name: 'a stop that was not confirmed is forgotten', in: 'isStoppedByUs', find: "power.stop !== 'none'", replace: "power.stop === 'confirmed'" },
  { name: 'post does not check whether a server was left stopped', in: 'isStoppedByUs', find: "power.found === 'active'", replace: 'false' },
  { name: 'a duplicate is not deleted', in: 'deleteDuplicates', find: 'extras ?? []', replace: '[]' },
  { name: 'the first of two duplicates is not deleted where it has failed', in: 'findExtras', find: 'duplicates.find(…)', replace: 'undefined' },
  { name: 'post reads only one list after a request that was sent twice', in: 'readUntilFound', find: "!record.resent || record.phase === 'completed'", replace: 'true' },
  { name: 'a snapshot is deleted by an id that no list has shown', in: 'certainOf', find: 'found !== null || record.shown', replace: 'true' },
  { name: 'Retry-After is not read', in: 'parseRetryAfter', find: 'value?.trim()', replace: 'undefined' },
  { name: 'retention keeps one less', in: 'planRetention', find: 'facts.rule.keepLast', replace: 'facts.rule.keepLast - 1' },
  { name: 'retention counts a snapshot in progress', in: 'planRetention', find: "meaningOf(…) === 'completed'", replace: 'true' },
  { name: 'retention deletes a snapshot of this run', in: 'reasonToKeep', find: 'marker.runId === normalizeOrigin(…).runId', replace: 'false' },
  { name: 'the delete action deletes whatever is named', in: 'refuseForeign', find: 'isOwn(…)', replace: 'true' },
  { name: 'a rollback after a main step that did not succeed', in: 'decidePost', find: '!facts.succeeded', replace: 'false' },
  { name: 'a failure before the snapshot rolls back', in: 'decideFailed', find: "facts.statusBefore === 'failure' || facts.statusBefore === 'cancelled'", replace: 'false' },
  { name: 'a cancelled step continues to send requests', in: 'createClient', find: 'options.cancelled.aborted', replace: 'false' },
  { name: 'the state of another run is accepted', in: 'isSameRun', find: 'record.runId === run.runId && record.runAttempt === run.runAttempt', replace: 'true' },
  { name: 'a 5xx counts as a refusal', in: 'outcomeOf', find: 'error.status < 500', replace: 'true' },
  { name: 'no pause between fast polls', in: 'createSchedule', find: 'DOUBT_PAUSE', replace: '1' },
  { name: 'a dry run creates the snapshot', in: 'create', find: 'inputs.dryRun', replace: 'false' },
  { name: 'a failed clean-up fails the job', in: 'cleanUp', find: 'catch (error) {', replace: 'catch (error) { throw error;' },
  { name: 'every list counts as complete', in: 'readPages', find: 'steady &&', replace: 'true ||' },
];
