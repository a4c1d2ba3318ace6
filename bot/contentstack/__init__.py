"""Adapter of the ``contentstack`` port: one organization, one credential, real HTTP."""
