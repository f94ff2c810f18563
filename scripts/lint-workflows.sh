#!/usr/bin/env bash
# actionlint and zizmor over the workflows, those of the tests included, and the manifests.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/install-tools.sh

workflows=()
for file in .github/workflows/*.yml __tests__/workflows/*.yml __tests__/workflows/called/*.yml; do
  [[ $file == *.expect.yml ]] || workflows+=("$file")
done

status=0
# Without its optional helpers, which are on some machines only.
.tools/bin/actionlint -shellcheck= -pyflakes= "${workflows[@]}" || status=1
.tools/bin/zizmor --offline --quiet --config .github/zizmor.yml "${workflows[@]}" action.yml ./*/action.yml || status=1
[[ $status == 0 ]] && echo "${#workflows[@]} workflows and the manifests are clean"
exit "$status"
