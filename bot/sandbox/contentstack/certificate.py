"""A self-signed certificate for clients that insist on https."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class KeyPair:
    """PEM bytes of a private key and its certificate."""

    key: bytes
    certificate: bytes


def self_signed(host: str, now: float) -> KeyPair:
    """A certificate for `host`, loopback and the names under contentstack.test, for 30 days.

    Clients that refuse `localhost` and addresses as a host (the JavaScript SDK, the CLI) can be given the
    names under contentstack.test, a top-level domain that never exists outside of tests (RFC 6761).
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Rollcall sandbox")])
    addresses: list[x509.GeneralName] = [
        x509.DNSName("localhost"),
        x509.DNSName("contentstack.test"),
        x509.DNSName("*.contentstack.test"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    if host not in {"localhost", "127.0.0.1"}:
        addresses.append(x509.DNSName(host))
    start = datetime.fromtimestamp(now, UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - timedelta(hours=1))
        .not_valid_after(start + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    return KeyPair(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain),
        made.public_bytes(serialization.Encoding.PEM),
    )
