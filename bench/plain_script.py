"""The plainest script that a user would write today: one DELETE per e-mail, over Contentstack's Python SDK.

The SDK has no removal of its own, so the script goes through the SDK's session. Arguments: scheme and host,
organization, authtoken, e-mails. Prints how many were answered 200, and the seconds that it took.
"""

from __future__ import annotations

import json
import sys
import time

import contentstack_management  # type: ignore[import-untyped]  # it ships no types


def main() -> None:
    """Remove everybody, one after another."""
    address, organization, authtoken, *emails = sys.argv[1:]
    scheme, _, host = address.partition("://")
    client = contentstack_management.Client(host=host, scheme=f"{scheme}://", authtoken=authtoken)
    session = client.organizations(organization).client
    began = time.perf_counter()
    answers = [
        session.delete(
            f"organizations/{organization}/share",
            headers={"Content-Type": "application/json"},
            data=json.dumps({"emails": [email]}),
        )
        for email in emails
    ]
    seconds = time.perf_counter() - began
    removed = sum(answer.status_code == 200 for answer in answers)  # noqa: PLR2004  the HTTP status itself
    sys.stdout.write(json.dumps({"removed": removed, "seconds": seconds}))


if __name__ == "__main__":
    main()
