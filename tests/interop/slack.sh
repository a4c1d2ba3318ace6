#!/bin/sh
# Slack's JavaScript framework, unmodified, against the simulated workspace: command, modal, typeahead, submission,
# click. Needs node >= 20 and npm; says so and stops with success without them.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
python=$root/.venv/bin/python
[ -x "$python" ] || python=python3

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "SKIPPED: tests/interop/slack.sh needs node and npm" >&2
    exit 0
fi

work=$(mktemp -d)
server=
cleanup() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap cleanup EXIT INT TERM

cp "$here/slack.mjs" "$here/slack-manifest.json" "$work"
cd "$work"
npm install --no-audit --no-fund --silent @slack/bolt@5.1.0

PYTHONPATH="$root" "$python" -m bot.sandbox.workspace slack-manifest.json >facts.json &
server=$!
tries=0
until [ -s facts.json ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then
        echo "the workspace did not start" >&2
        exit 1
    fi
    sleep 0.1
done
node slack.mjs facts.json
