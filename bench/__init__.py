"""`make bench`: how fast Rollcall is, each figure beside its goal, all of it on loopback (docs/speed.md)."""
