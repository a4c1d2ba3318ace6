"""Whose certificates are believed: read once, as reading them costs more than a request."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """What httpx takes by default, SSL_CERT_FILE included; one for all clients of a process."""
    return httpx.create_ssl_context()
