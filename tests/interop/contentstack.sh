#!/usr/bin/env bash
# Contentstack's own JavaScript SDK and CLI (user export), unchanged, against the simulated Contentstack.
# Needs node, npm and a registry; without node it says SKIPPED and ends well. Pins are the versions tried last.
#   INTEROP_CLI=0   leaves the CLI out (it installs some 900 packages)
#   INTEROP_CACHE   a folder to keep the installed packages in between runs
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "SKIPPED: Contentstack interop needs node and npm"
  exit 0
fi

work=$(mktemp -d)
server=""
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

packages=${INTEROP_CACHE:-$work/packages}
wanted=(@contentstack/management@1.30.2)
[ "${INTEROP_CLI:-1}" = 0 ] || wanted+=(@contentstack/cli@1.60.1)
mkdir -p "$packages" "$work/home" "$work/export"
npm install --prefix "$packages" --no-audit --no-fund --loglevel=error "${wanted[@]}" >/dev/null

python=.venv/bin/python
[ -x "$python" ] || python=python3
PYTHONPATH=. "$python" tests/interop/contentstack_serve.py "$work/sandbox.pem" >"$work/server.log" &
server=$!
for _ in $(seq 100); do
  grep -q '^authtoken ' "$work/server.log" && break
  sleep 0.1
done
port=$(sed -n 's|^contentstack https://127.0.0.1:||p' "$work/server.log")
[ -n "$port" ] || { echo "the sandbox did not start"; exit 1; }

# What the clients need from their surroundings: trust in the certificate, a name for loopback, no proxy.
cat ${NODE_EXTRA_CA_CERTS:+"$NODE_EXTRA_CA_CERTS"} "$work/sandbox.pem" >"$work/trusted.pem"
export NODE_EXTRA_CA_CERTS="$work/trusted.pem"
export NODE_OPTIONS="--require $PWD/tests/interop/contentstack_loopback.cjs"
export NO_PROXY=".contentstack.test,127.0.0.1" no_proxy=".contentstack.test,127.0.0.1"
host=api.contentstack.test

node tests/interop/contentstack.mjs "$packages" "$host" "$port"

if [ "${INTEROP_CLI:-1}" != 0 ]; then
  export HOME="$work/home"
  csdx="$packages/node_modules/.bin/csdx"
  "$csdx" config:set:region --name sandbox --cma "https://$host:$port" --cda "https://$host:$port" \
    --ui-host "https://app.contentstack.test:$port" >"$work/cli.log" 2>&1
  "$csdx" auth:login -u rollcall-bot@example.com -p 'correct horse battery staple' >>"$work/cli.log" 2>&1
  (cd "$work/export" && "$csdx" cm:export-to-csv --action users --org blt0a11ca11de500001 \
    --org-name "Example Group") >>"$work/cli.log" 2>&1
  file="$work/export/data/example-group_users_export.csv"
  header=$(head -n 1 "$file")
  [ "$header" = "Email,User UID,Organization Role,Status,Invited By,Created Time,Updated Time" ] ||
    { echo "unexpected header: $header"; cat "$work/cli.log"; exit 1; }
  # The SDK part above invited one more person.
  "$python" - "$file" <<'PY'
import csv
import sys
from pathlib import Path

rows = list(csv.DictReader(Path(sys.argv[1]).open(encoding="utf-8", newline="")))
assert len(rows) == 251, len(rows)
assert rows[0]["Organization Role"] == "Owner", rows[0]
assert rows[0]["Invited By"] == "System", rows[0]
PY
  echo "CLI user export: ok (251 people)"
fi
