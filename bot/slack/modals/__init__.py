"""One module a modal: its ids, ``build(data)`` and ``parse(payload)``. They take data, never a client."""
