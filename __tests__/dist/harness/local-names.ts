/** Loaded before a bundle (`node --import`): names ending in `.test` are this machine, so that nothing else is asked. */
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

const lookUp = dns.lookup.bind(dns) as (...args: unknown[]) => void;

dns.lookup = ((host: string, ...rest: unknown[]) => {
  lookUp(host.endsWith('.test') ? '127.0.0.1' : host, ...rest);
}) as typeof dns.lookup;
syncBuiltinESMExports();
