#!/bin/sh
# The Python that `make` prepared where there is one, otherwise the one on the path. Slack's command line
# runs hooks through the person's own shell, so the choice is made here and not in hooks.json.
if [ -x .venv/bin/python ]; then
  exec .venv/bin/python "$@"
fi
exec python3 "$@"
