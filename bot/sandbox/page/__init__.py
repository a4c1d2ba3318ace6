"""The workspace page: static files that show a person the simulated Slack workspace.

Nothing here runs on the server: `bot.sandbox.workspace.page` serves `static/`, under a strict
Content-Security-Policy. docs/page.md says how the page is built, and by which roles and names tests find
things on it.
"""
