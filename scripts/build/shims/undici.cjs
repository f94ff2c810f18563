'use strict';

/*
 * Stands in for undici in the bundles. @actions/http-client and @actions/github import its megabyte for a `fetch` that
 * nothing here calls: a comment on GitHub goes the way of all requests (src/github/fetch.ts), through the proxy too.
 */
module.exports = {
  /** Made by @actions/github as soon as it is loaded behind a proxy, and not used. */
  ProxyAgent: Object,
  fetch() {
    throw new Error('undici is not part of this bundle');
  },
};
