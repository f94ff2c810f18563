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
  { name: 'a newer snapshot of another step does not stop a rollback', in: 'checkNewer', find: 'marker?.key === facts.key', replace: 'marker !== null && facts.key !== null' },
  { name: 'a rollback from a snapshot that nobody saw completed', in: 'checkRollback', find: 'facts.seenCompleted === null', replace: 'false' },
  { name: 'the restore action restores a snapshot of an earlier attempt', in: 'checkRequestedRestore', find: 'marker.runAttempt < origin.runAttempt', replace: 'false' },
  { name: 'the restore action restores a snapshot of another server', in: 'checkSnapshot', find: 'facts.serverIds.length > 0', replace: 'false' },
  { name: 'the intent is not saved before the create request', in: 'request', find: "phase: 'intent'", replace: "phase: 'planned'" },
  { name: 'the id is not saved after the answer', in: 'claim', find: 'snapshotId: snapshot.id', replace: 'snapshotId: null' },
  { name: 'every marked snapshot counts as own', in: 'isOwn', find: 'hasSameId(marker, origin)', replace: 'true' },
  { name: 'a create request is sent again without reading a list', in: 'resolveUnclear', find: 'await findLostAnswer(…)', replace: 'null' },
  { name: 'a restore request is sent again although the first was accepted', in: 'sendRestore', find: "answer.status === 'success'", replace: 'false' },
  { name: 'a lost answer to a restore is reported as not requested', in: 'sendRestore', find: "outcomeOf(error) === 'unclear'", replace: 'false' },
  { name: 'post does not search for the key', in: 'candidatesOf', find: 'findByKey(…)', replace: '[]' },
  { name: 'a snapshot counts as completed from its request on', in: 'claim', find: "phase: 'created'", replace: "phase: 'completed'" },
  { name: 'a time-out ends as a success', in: 'createSnapshotWaiter', find: "throw timedOut(…)", replace: 'for (const item of items.splice(0)) item.end(null)' },
  { name: 'an unknown status counts as completed', in: 'meaningOf', find: "?? 'pending'", replace: "?? 'completed'" },
  { name: 'a changed updated_at counts as the start of a restore', in: 'observeServer', find: 'showsStart(…)', replace: '(state.before !== null && server.updatedAt !== state.before.updatedAt)' },
  { name: 'a restore counts as started without being seen', in: 'observeServer', find: 'state.hasStarted || sawRestoring || showsStart(…)', replace: 'true' },
  { name: 'rotation beside an own snapshot in progress', in: 'planSlot', find: 'own.some((s) => isAtWork(s, now))', replace: 'false' },
  { name: 'rotation deletes a snapshot of this run', in: 'isCandidate', find: '!isOfRun(parseMarker(…), origin)', replace: 'true' },
  { name: 'rotation deletes the newest', in: 'planSlot', find: 'newestFirst(b, a)', replace: 'newestFirst(a, b)' },
  { name: 'a stop that was not confirmed is forgotten', in: 'isStoppedByUs', find: "power.stop !== 'none'", replace: "power.stop === 'confirmed'" },
  { name: 'post does not check whether a server was left stopped', in: 'isStoppedByUs', find: "power.found === 'active'", replace: 'false' },
  { name: 'a duplicate is not deleted', in: 'deleteDuplicates', find: 'extras ?? []', replace: '[]' },
  { name: 'the first of two duplicates is not deleted where it has failed', in: 'findExtras', find: 'duplicates.find(…)', replace: 'undefined' },
  { name: 'post reads only one list after a request that was sent twice', in: 'readUntilFound', find: 'resentAt === null || (completedAt !== null && completedAt - resentAt >= patience)', replace: 'true' },
  { name: 'a snapshot is deleted by an id that no list has shown', in: 'certainOf', find: 'found !== null || record.shown', replace: 'true' },
  { name: 'Retry-After is not read', in: 'parseRetryAfter', find: 'value?.trim()', replace: 'undefined' },
  { name: 'retention keeps one less', in: 'planRetention', find: 'facts.rule.keepLast', replace: 'facts.rule.keepLast - 1' },
  { name: 'retention counts a snapshot in progress', in: 'countsTowardsKeepLast', find: 'isCompleted(…)', replace: 'true' },
  { name: 'retention deletes a snapshot of this run', in: 'reasonOfWhose', find: 'isOfRun(marker, facts.origin)', replace: 'false' },
  { name: 'the delete action deletes whatever is named', in: 'refuseOthers', find: 'isOwn(…)', replace: 'true' },
  { name: 'a rollback after a main step that did not succeed', in: 'decidePost', find: 'facts.succeeded', replace: 'true' },
  { name: 'a failure before the snapshot rolls back', in: 'decideFinished', find: "facts.statusBefore === 'failure' || facts.statusBefore === 'cancelled'", replace: 'false' },
  { name: 'a cancelled step continues to send requests', in: 'createClient', find: 'const { clock, cancelled, random, pauses, report } = options', replace: 'const { clock, random, pauses, report } = options; const cancelled = new AbortController().signal' },
  { name: 'the state of another run is accepted', in: 'isSameRun', find: 'record.runId === run.runId && record.runAttempt === run.runAttempt', replace: 'true' },
  { name: 'a 5xx counts as a refusal', in: 'outcomeOfStatus', find: 'status < 500', replace: 'true' },
  { name: 'no pause between fast polls', in: 'createSchedule', find: 'Math.min(pollInterval ?? FAST_POLL, LONGEST_FAST_POLL)', replace: '1' },
  { name: 'a dry run creates the snapshot', in: 'create', find: 'inputs.dryRun', replace: 'false' },
  { name: 'a failed clean-up fails the job', in: 'cleanUp', find: 'catch (error) {', replace: 'catch (error) { throw error;' },
  { name: 'every list counts as complete', in: 'readOnce', find: 'steady &&', replace: 'true ||' },
  { name: '`active` once counts as the end of a restore', in: 'phaseOf', find: "hasStood(state.active, span(isCertain ? 'restoreEnd' : 'uncertainRestoreEnd'))", replace: 'state.active !== null' },
  { name: 'a server that is `stopped` and was never `restoring` is started', in: 'hasEndedStopped', find: 'state.sawRestoring', replace: 'true' },
  { name: '`active` after a stop counts as up again', in: 'isUp', find: "hasStood(state.active, span('activeAgain')) && !mayStillStop(…)", replace: 'true' },
  { name: 'a 429 is final', in: 'decideRetry', find: 'NOTHING_DONE.has(cause)', replace: '(NOTHING_DONE.has(cause) && cause !== 429)' },
  { name: 'a stray 401 ends the watch of a restore', in: 'watchUntilEnd', find: "patience: 'never'", replace: "patience: 'at_once'" },
  { name: 'another answer than success counts as accepted', in: 'sendRestore', find: "answer.status === 'success'", replace: 'true' },
  { name: 'a restore that is refused for the moment is given up', in: 'requestRestore', find: 'isMeant || isLate', replace: 'true' },
  { name: 'a restore of something else is called restored', in: 'accept', find: 'findMismatch(…)', replace: 'null' },
  { name: 'a restore is not noted for the later steps of its job', in: 'sendRestore', find: 'restoreRecords.save(…)', replace: 'void 0' },
  { name: 'a start after one read that is stale', in: 'wantsStart', find: 'state.mayBeRestoring', replace: 'false' },
  { name: 'dead snapshots block rotation', in: 'isAtWork', find: 'isPending(snapshot) && !isBeingDeleted(snapshot) && (ageOf(snapshot, now) ?? 0) <= DAY', replace: 'isPending(snapshot)' },
  { name: 'a protected snapshot is rotated', in: 'isCandidate', find: "howToRotate(snapshot) !== 'never'", replace: 'parseMarker(snapshot.description) !== null' },
  { name: 'the forge of a marker is not compared', in: 'isOwn', find: 'isOfForge(marker, origin)', replace: 'true' },
  { name: 'undo snapshots are pruned at once', in: 'reasonOfRule', find: 'age > DAY', replace: 'true' },
  { name: 'the latest may be an undo', in: 'chooseLatest', find: "treat('latest', marker) !== 'never'", replace: 'true' },
  { name: 'two calls of a reusable workflow count as one', in: 'hashCalledLeg', find: "call === ''", replace: 'true' },
  { name: 'a snapshot is requested while a restore runs', in: 'planServer', find: "seen?.status === 'restoring'", replace: 'false' },
  { name: 'a snapshot is restored however old it is', in: 'checkAge', find: 'age <= maxAge', replace: 'true' },
];
