'use strict';

/* Loaded before a bundle (`node --require`): at its end writes down which modules of Node it has loaded beyond a bare start. */
const { writeFileSync } = require('node:fs');

const before = new Set(process.moduleLoadList);
process.on('exit', () => {
  const loaded = process.moduleLoadList.filter(
    (name) => name.startsWith('NativeModule ') && !before.has(name),
  );
  writeFileSync(process.env.LOADED_MODULES, JSON.stringify(loaded));
});
