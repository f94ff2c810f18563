#!/usr/bin/env bash
# Changes the sources in one place after the other and runs the tests on each change (Stryker).
#
#   npm run test:mutation                               src/snapshots, src/vps and src/actions
#   npm run test:mutation -- actions                    one folder
#   npm run test:mutation -- src/vps/api.ts:20-40       one file, or lines of it
#   npm run test:mutation -- snapshots --ignoreStatic false    options of Stryker come last
#
# Not part of the checks of a change (.github/workflows/weekly.yml runs it). What the last run found, and why it stays: docs/mutation-report.md
set -euo pipefail

stryker=10.0.0

cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools=$PWD/.tools/stryker

# Outside package.json: some 180 packages that are seldom needed.
if [[ ! -f $tools/version || $(<"$tools/version") != "$stryker" ]]; then
  rm -rf "$tools"
  mkdir -p "$tools"
  echo '{ "private": true }' >"$tools/package.json"
  npm install --prefix "$tools" --save-exact --no-audit --no-fund "@stryker-mutator/core@$stryker"
  # Last, so that an installation cut short starts afresh.
  echo "$stryker" >"$tools/version"
fi

targets=()
while (($# > 0)) && [[ $1 != -* ]]; do
  targets+=("$1")
  shift
done
((${#targets[@]} > 0)) || targets=(snapshots vps actions)

status=0
for target in "${targets[@]}"; do
  case $target in
    src/*) files=$target folder=${target#src/} folder=${folder%%/*} ;;
    *) files="src/$target/**/*.ts" folder=$target ;;
  esac
  MUTATED=$folder node "$tools/node_modules/@stryker-mutator/core/bin/stryker.js" \
    run scripts/test-mutation/stryker.json --mutate "$files" "$@" || status=1
  [[ ! -f reports/mutation/last.json ]] || mv reports/mutation/last.json "reports/mutation/$folder.json"
done
exit "$status"
