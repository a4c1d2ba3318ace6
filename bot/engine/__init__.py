"""The durable engine behind `bot.ports.runs`: DBOS on a file of its own (docs/decisions/0001-engine.md)."""
