/**
 * Loaded before a bundle (`node --import`): names ending in `.test`, and the addresses 203.0.113.0/24 and
 * 2001:db8::/32 of all documentation, are this machine, so that nothing else is asked.
 */
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const lookUp = dns.lookup.bind(dns) as (...args: unknown[]) => void;
const connect = net.Socket.prototype.connect as (this: net.Socket, ...args: unknown[]) => net.Socket;

dns.lookup = ((host: string, ...rest: unknown[]) => {
  lookUp(host.endsWith('.test') ? '127.0.0.1' : host, ...rest);
}) as typeof dns.lookup;
// An address is not looked up. What `net` has normalized comes as one list.
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
  const [given] = args.flat() as { host?: string }[];
  if (given?.host !== undefined && /^(203\.0\.113\.|2001:db8::)/.test(given.host)) given.host = '127.0.0.1';
  return connect.apply(this, args);
};
syncBuiltinESMExports();
