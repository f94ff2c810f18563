'use strict';

/* Stands in for @actions/github, which is a bundle of its own beside the two entries that write comments. */
// Not a plain `require`: the bundler would pull it in.
module.exports = __non_webpack_require__('../github/index.js');
