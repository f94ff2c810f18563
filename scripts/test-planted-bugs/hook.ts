import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { PLANTED_BUGS } from './bugs.ts';
import { plant } from './plant.ts';

/** Loaded before a program (`node --import`): it finds the bug that PLANTED_BUG names in the sources. */
const bug = PLANTED_BUGS.find(({ name }) => name === process.env['PLANTED_BUG']);
if (bug === undefined) throw new Error(`no planted bug "${process.env['PLANTED_BUG']}"`);
const { file, source } = plant(bug);
const target = pathToFileURL(file).href;
registerHooks({
  load: (url, context, next) => (url === target ? { ...next(url, context), source } : next(url, context)),
});
