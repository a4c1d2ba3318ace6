"""The user side under `/_user/v1/`, as docs/sandbox-workspace.md describes it."""
