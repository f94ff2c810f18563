/** Loaded before a bundle (`node --import`): the machine has one address under which others reach it, 203.0.113.10. */
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

const COMMON = { netmask: '255.255.255.0', family: 'IPv4', mac: '02:00:00:00:00:01' } as const;

os.networkInterfaces = () => ({
  lo: [{ ...COMMON, address: '127.0.0.1', internal: true, cidr: '127.0.0.1/8' }],
  eth0: [{ ...COMMON, address: '203.0.113.10', internal: false, cidr: '203.0.113.10/24' }],
});
syncBuiltinESMExports();
