'use strict';

/* Stands in for @actions/http-client, which reads `http`, `https`, `net` and `tls` when it is loaded: at the first request. */
module.exports = {
  get HttpClient() {
    return require('../../../node_modules/@actions/http-client/lib/index.js').HttpClient;
  },
};
