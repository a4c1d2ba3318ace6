"""`policy.toml`: read, typed at this edge, checked for contradictions, turned into `bot.domain.policy`."""

from bot.policy_file.reading import PolicyInvalid, read_policy

__all__ = ["PolicyInvalid", "read_policy"]
