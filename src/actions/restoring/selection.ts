import { type RestoreSelection } from '../../github/inputs/commands.ts';
import { ageOf, newestFirst } from '../../snapshots/age.ts';
import { treat } from '../../snapshots/kinds.ts';
import { isOwn, type Origin, parseMarker } from '../../snapshots/marker.ts';
import { idsOf, isOfServer, matchServer, printServer } from '../../snapshots/server.ts';
import { isCompleted } from '../../snapshots/status.ts';
import {
  hasId,
  type ServerRef,
  type Snapshot,
  type SnapshotList,
  type SnapshotWithId,
} from '../../vps/model.ts';
import { labelOf } from '../common/labels.ts';
import { type RestoreTarget } from './restore.ts';

/** Which snapshots a person means, each of another server; `problems` are for people, and end the step. */
export interface Selected {
  readonly targets: readonly RestoreTarget[];
  readonly problems: readonly string[];
}

export interface SelectionFacts {
  readonly selection: RestoreSelection;
  /** As the user typed them; empty where the snapshots alone say which servers they are of. */
  readonly serverIds: readonly string[];
  readonly list: SnapshotList;
  /** Lists for one server each, where the list for all shows nothing by the id that the user typed. */
  readonly ownLists?: ReadonlyMap<string, SnapshotList>;
  /** What the API calls a server that its list shows nothing of by the id that the user typed. */
  readonly knownIds?: ReadonlyMap<string, readonly string[]>;
  readonly origin: Origin;
  /** The API's time, epoch milliseconds. */
  readonly now: number;
}

type Choice =
  { readonly snapshot: Snapshot; readonly serverId: string | null } | { readonly problem: string };

/** Finds the snapshots of `latest`, of ids and of names in a list. */
export function selectSnapshots(facts: SelectionFacts): Selected {
  const { selection, serverIds } = facts;
  const choices =
    selection.kind === 'latest'
      ? serverIds.map((serverId) => chooseLatest(serverId, facts))
      : selection.words.flatMap((word) => chooseNamed(word, facts));
  const problems = choices.flatMap((choice) => ('problem' in choice ? [choice.problem] : []));
  problems.push(...findMissing(choices, facts));
  const targets: RestoreTarget[] = [];
  const servers: ServerRef[] = [];
  for (const choice of choices) {
    if ('problem' in choice) continue;
    const { snapshot, serverId } = choice;
    if (!hasId(snapshot)) {
      problems.push(
        `snapshot ${snapshot.name ?? ''} has no id that can be used: restore it in the panel of VPS.org`,
      );
      continue;
    }
    const server = serverId ?? snapshot.server.id ?? snapshot.server.uuid;
    if (server === null) {
      problems.push(`snapshot ${snapshot.id} names no server`);
      continue;
    }
    const target = targetOf(snapshot, server, serverId);
    // The list may name a server by another id than the one that was typed.
    const isSame = targets.some(
      (other) => other.snapshotId === snapshot.id || other.serverId === target.serverId,
    );
    if (isSame || servers.some((other) => isOfServer(snapshot.server, idsOf(other)))) {
      problems.push(
        `snapshot ${snapshot.id} is of the same server as another one: a server can be restored to one state only`,
      );
    }
    targets.push(target);
    servers.push(snapshot.server);
  }
  return { targets, problems };
}

function idsFor(serverId: string, { knownIds }: SelectionFacts): readonly string[] {
  return knownIds?.get(serverId) ?? [serverId];
}

/** The newest completed one that this repository made on the server; one of unknown time is never it. */
function chooseLatest(serverId: string, facts: SelectionFacts): Choice {
  const { origin, now } = facts;
  const list = facts.ownLists?.get(serverId) ?? facts.list;
  if (!list.complete)
    return { problem: "the API's list is incomplete, so nobody can tell which one is the latest" };
  const own = matchServer(list.snapshots, idsFor(serverId, facts)).snapshots.filter((snapshot) => {
    const marker = parseMarker(snapshot.description);
    if (marker === null || !isOwn(marker, origin)) return false;
    return treat('latest', marker) !== 'never' && isCompleted(snapshot);
  });
  const [latest] = own.filter((each) => ageOf(each, now) !== null).toSorted(newestFirst);
  if (latest !== undefined) return { snapshot: latest, serverId };
  return {
    problem: `server ${serverId} has no completed snapshot of known time that this repository made`,
  };
}

/** An id, or else a name that is unique on each of the servers. */
function chooseNamed(word: string, facts: SelectionFacts): Choice[] {
  const { list, serverIds } = facts;
  const [only] = serverIds;
  const byId = list.snapshots.filter(hasId).find(({ id }) => id === word);
  if (byId !== undefined) return [checkServer(byId, facts)];
  const named = list.snapshots.filter(({ name }) => name === word);
  if (named.length === 0) {
    const where = serverIds.length === 0 ? '' : ` for server ${serverIds.join(', ')}`;
    return [
      {
        problem: `snapshot ${word} is not listed${where}: it may have been deleted, or belong to another server`,
      },
    ];
  }
  if (serverIds.length <= 1) return chooseOne(named, only ?? null, `have the name ${word}`);
  return serverIds.flatMap((serverId) => {
    const here = named.filter(({ server }) => isOfServer(server, idsFor(serverId, facts)));
    return chooseOne(here, serverId, `of server ${serverId} have the name ${word}`);
  });
}

/** The only one, if there is one. */
function chooseOne([first, ...more]: readonly Snapshot[], serverId: string | null, what: string): Choice[] {
  if (first === undefined) return [];
  if (more.length === 0) return [{ snapshot: first, serverId }];
  return [{ problem: `${more.length + 1} snapshots ${what}: give the id of one` }];
}

/** Names stand for one snapshot of each server: one that has none would be left as it is without a word. */
function findMissing(choices: readonly Choice[], { selection, serverIds, list }: SelectionFacts): string[] {
  if (selection.kind === 'latest' || choices.some((choice) => 'problem' in choice)) return [];
  const isById = (word: string): boolean => list.snapshots.some(({ id }) => id === word);
  const names = selection.words.filter((word) => !isById(word));
  const chosen = choices.flatMap((choice) => ('snapshot' in choice ? [choice.serverId] : []));
  if (names.length === 0) return [];
  return serverIds
    .filter((serverId) => !chosen.includes(serverId))
    .map((serverId) => `server ${serverId} has no snapshot with the name ${names.join(' or ')}`);
}

/** With one server given, the safety checks compare the snapshot's with it; of several it has to be one. */
function checkServer(snapshot: SnapshotWithId, facts: SelectionFacts): Choice {
  const { serverIds } = facts;
  const [only] = serverIds;
  if (serverIds.length <= 1) return { snapshot, serverId: only ?? null };
  const serverId = serverIds.find((id) => isOfServer(snapshot.server, idsFor(id, facts)));
  if (serverId !== undefined) return { snapshot, serverId };
  return {
    problem: `snapshot ${snapshot.id} belongs to server ${printServer(snapshot.server)}, which is none of ${serverIds.join(', ')}`,
  };
}

function targetOf(snapshot: SnapshotWithId, server: string, askedServer: string | null): RestoreTarget {
  return {
    label: labelOf({ server, serverName: snapshot.server.name }),
    serverId: askedServer ?? server,
    // With a server given, the safety checks compare the snapshot with that one, not with its own.
    serverIds: askedServer === null ? idsOf(snapshot.server) : [askedServer],
    snapshotId: snapshot.id,
    idIsLossless: snapshot.idIsLossless,
    name: snapshot.name,
    createdAt: snapshot.createdAt,
    key: null,
    seenCompleted: null,
    startIfStopped: true,
    undoSnapshotId: null,
  };
}
