"""The keys that apps give us, as bytes."""

import base64
import binascii

LONGEST_KEY = 256


def raw(key: str) -> bytes:
    """Base64url as browsers give it, with or without padding; some apps write plain Base64. Raises ValueError."""
    if len(key) > LONGEST_KEY or not key.isascii():
        raise ValueError
    bare = key.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError from error
