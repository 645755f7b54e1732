"""Passwords: Argon2id, never on the event loop, never more than a few at a time."""

import secrets

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 8
LONGEST = 128
"""Characters. Hashing is dear, and so no stranger may choose how much of it we do."""

AT_ONCE = 4
"""Each hash takes 64 MiB and most of a core while it lasts."""


class Passwords:
    """Hashes and compares. One per process."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._turns = anyio.CapacityLimiter(AT_ONCE)
        # Compared against when there is no such user, so that the answer takes as long.
        self._nobodys = self._hasher.hash(secrets.token_hex())

    async def hash(self, password: str) -> str:
        return await anyio.to_thread.run_sync(self._hasher.hash, password, limiter=self._turns)

    async def is_right(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the hashed one; takes equally long for nobody's hash (None)."""
        right = await anyio.to_thread.run_sync(
            self._verify, password[: LONGEST + 1], password_hash or self._nobodys, limiter=self._turns
        )
        return right and password_hash is not None

    def _verify(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def generate() -> str:
    """A password nobody chose."""
    return secrets.token_urlsafe(18)
