import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { loadAtFirstUse } from '../../../scripts/build/first-use.ts';

/** Runs a bundle, and gives the names of the modules that it loads, in order, and what it exports. */
function run(bundle: string): { readonly loaded: readonly string[]; readonly exported: unknown } {
  const loaded: string[] = [];
  const load = (name: string): unknown => {
    loaded.push(name);
    return process.getBuiltinModule(name);
  };
  const module = { exports: {} as unknown };
  const start = runInNewContext(`(require, module) => {${loadAtFirstUse(bundle)}}`) as (
    load: unknown,
    module: unknown,
  ) => void;
  start(load, module);
  return { loaded, exported: module.exports };
}

test('a module of Node is loaded when something of it is used', () => {
  const { loaded, exported } = run(`
const external_crypto_namespaceObject = require("crypto");
const promises_namespaceObject = require("node:fs/promises");
const interop = promises_namespaceObject && promises_namespaceObject.__esModule ? 1 : 2;
module.exports = { hash: () => external_crypto_namespaceObject.createHash('sha256').digest('hex').length, interop };
`);
  expect(loaded).toEqual([]);
  expect((exported as { hash(): number }).hash()).toBe(64);
  expect(loaded).toEqual(['crypto']);
});

test('all that such a module has can be listed', () => {
  const { exported } = run(`
const external_net_namespaceObject = require("net");
module.exports = Object.getOwnPropertyNames(external_net_namespaceObject);
`);
  expect(exported).toContain('connect');
});

test('a class of such a module can be extended', () => {
  const { exported } = run(`
const external_events_namespaceObject = require("events");
module.exports = class extends external_events_namespaceObject.EventEmitter {};
`);
  const { EventEmitter } = process.getBuiltinModule('events');
  expect(new (exported as typeof EventEmitter)()).toBeInstanceOf(EventEmitter);
});

test.each([
  ['loads nothing', 'module.exports = 1;'],
  ['loads in another form', 'const fs = require("fs");\nconst { connect } = require("net");'],
])('a bundle that %s is an error', (_name, bundle) => {
  expect(() => loadAtFirstUse(bundle)).toThrow('has another form');
});
