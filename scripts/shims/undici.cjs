'use strict';

/*
 * Stands in for undici in every bundle (tsconfig.json, `paths`). @actions/core imports undici through
 * @actions/http-client, and evaluating its megabyte takes longer than all the rest of a start, though
 * only a proxied `fetch` of @actions/github uses it. So undici is a bundle of its own beside the entries,
 * and is read when somebody first asks for one of its names.
 */
let undici;

module.exports = new Proxy(
  {},
  {
    get(_target, name) {
      // Not a plain `require`: the bundler would pull undici back in.
      undici ??= __non_webpack_require__('../undici/index.js');
      return undici[name];
    },
  },
);
