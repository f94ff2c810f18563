import { builtinModules } from 'node:module';

/** The line with which the bundler loads a module of Node, the same wherever one is used. */
const LOAD = /^(const \w+ = |module\.exports = )require\("((?:node:)?[\w/]+)"\);$/gm;

const FIRST_USE = `/* Modules of Node are loaded when they are first used: most of a short step needs none of them. */
const firstUse = (name) =>
  new Proxy({}, {
    get: (_, key) => (key === "__esModule" ? undefined : require(name)[key]),
    ownKeys: () => Reflect.ownKeys(require(name)),
  });

`;

/** A bundle that loads no module of Node before it uses it. Throws where one would be loaded anyway. */
export function loadAtFirstUse(bundle: string): string {
  const lazy = bundle.replace(LOAD, '$1firstUse("$2");');
  const left = [...lazy.matchAll(/\brequire\("([^"]+)"\)/g)].filter(([, name = '']) =>
    builtinModules.includes(name.replace(/^node:/, '')),
  );
  if (lazy === bundle || left.length > 0)
    throw new Error(`the bundler's output has another form: ${left.map(([text]) => text).join(', ')}`);
  return FIRST_USE + lazy;
}
