'use strict';

/* Stands in for @actions/exec, which starts programs. @actions/core has it for `platform.getDetails`, which nothing here calls. */
module.exports = {
  getExecOutput() {
    throw new Error('@actions/exec is not part of this bundle');
  },
};
