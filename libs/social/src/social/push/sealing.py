"""Tokens that we must be able to tell their own apps again, sealed with the server's secret key."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken


def seal(secret_key: str, token: str) -> bytes:
    return _box(secret_key).encrypt(token.encode())


def unseal(secret_key: str, sealed: bytes) -> str | None:
    """None when it was sealed with another key."""
    try:
        return _box(secret_key).decrypt(sealed).decode()
    except InvalidToken:
        return None


def _box(secret_key: str) -> Fernet:
    """A key for this purpose alone: what signs cookies opens no tokens."""
    digest = hashlib.sha256(f"push tokens {secret_key}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
