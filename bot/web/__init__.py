"""Entrypoint for browsers: the two pages on which accounts are linked, and nothing else."""
