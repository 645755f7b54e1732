"""The local certificate authority that all servers on this machine share, made with trustme."""

import fcntl
import os
from pathlib import Path

import trustme

from native.home import AUTHORITY, Home, write_private


def certificate_file(folder: Path = AUTHORITY) -> Path:
    """What clients have to trust; created on first use."""
    _authority(folder)
    return folder / "ca.pem"


def issue(home: Home, host: str, folder: Path = AUTHORITY) -> tuple[Path, Path]:
    """A certificate for the host and its key, the same as last time."""
    authority = _authority(folder)
    certificate = home.make("tls") / f"{host}.pem"
    key = certificate.with_suffix(".key")
    issuer = certificate.with_suffix(".issuer")
    root = authority.cert_pem.bytes()
    if not (certificate.exists() and key.exists() and issuer.exists() and issuer.read_bytes() == root):
        leaf = authority.issue_cert(host)
        write_private(key, leaf.private_key_pem.bytes().decode())
        certificate.write_bytes(b"".join(part.bytes() for part in leaf.cert_chain_pems))
        issuer.write_bytes(root)
    return certificate, key


def _authority(folder: Path) -> trustme.CA:
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key = folder / "ca.pem", folder / "ca.key"
    # Two servers that start at the same moment must not make two authorities.
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if certificate.exists() and key.exists():
            return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
        authority = trustme.CA(organization_name="Murmuration on this machine")
        write_private(key, authority.private_key_pem.bytes().decode())
        draft = folder / f".ca.pem.{os.getpid()}"
        draft.write_bytes(authority.cert_pem.bytes())
        draft.replace(certificate)
        return authority
