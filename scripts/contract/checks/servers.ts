import {
  answerTo,
  type Recording,
  fieldsOf,
  type Fields,
  isOk,
  itemsOf,
  jsonOf,
  textOf,
} from '../recording.ts';
import { type Exchange } from '../exchange.ts';
import { decide, differs, holds, inCode, type CheckResult, notShown, type Row, verdict } from '../row.ts';
import { answerOf, itemsOfAll, NOT_ASKED, SERVER_LISTS } from './common.ts';

export const SERVER = [
  'id',
  'name',
  'hostname',
  'status',
  'ip_address',
  'location',
  'plan',
  'os',
  'created_at',
  'updated_at',
];
export const STATUS_WORDS = ['active', 'stopped', 'suspended', 'restoring'];

export function checkCall(
  name: 'server_list' | 'server_detail',
  each: Exchange,
  isAsDocumented: boolean,
): CheckResult {
  const seen = answerOf(each);
  if (isOk(each)) return isAsDocumented ? holds(seen, { [name]: 'present' }) : differs(seen);
  if (each.status === 403) return differs(seen, { [name]: 'refused' });
  return each.status === 404 || each.status === 405 ? differs(seen, { [name]: 'absent' }) : differs(seen);
}

/** Every server that an answer of its own or a list showed. */
export function shownServers(recording: Recording): readonly Fields[] {
  const single = fieldsOf(jsonOf(answerTo(recording, 'server')));
  return [...itemsOfAll(recording, SERVER_LISTS), ...(single?.['status'] === undefined ? [] : [single])];
}

export function checkIds(recording: Recording): CheckResult {
  const servers = shownServers(recording);
  if (servers.length === 0) return notShown('no server was shown');
  const isInteger = servers.every(({ id }) => typeof id === 'number');
  const hasUuid = servers.some(({ uuid }) => typeof uuid === 'string');
  const seen = `\`id\` is ${isInteger ? 'an integer' : 'a text'}, ${hasUuid ? 'with a `uuid`' : 'without a `uuid`'}`;
  return decide({ server_ids: isInteger ? (hasUuid ? 'both' : 'integer') : 'uuid' }, seen);
}

export function checkWords(recording: Recording): CheckResult {
  const words = new Set(shownServers(recording).map((server) => textOf(server['status'])));
  if (words.size === 0) return notShown('no server was shown');
  return verdict(
    [...words].every((word) => STATUS_WORDS.includes(word)),
    inCode(words),
  );
}

/** The filter keeps the server under its own value, and leaves it out under another. */
export function filters(name: 'status' | 'location'): Row['check'] {
  return (recording) => {
    const [own, other] = [`servers.${name}`, `servers.other-${name}`].map((probe) =>
      answerTo(recording, probe),
    );
    if (own === undefined || other === undefined) return notShown(NOT_ASKED);
    const shows = (each: Exchange): boolean =>
      (itemsOf(each) ?? []).some((item) => textOf(item['id']) === recording.facts.server.id);
    return verdict(
      shows(own) && !shows(other),
      `shown under its own ${name}: ${yes(shows(own))}; under another: ${yes(shows(other))}`,
    );
  };
}

const yes = (is: boolean): string => (is ? 'yes' : 'no');
