"""Bytes as Multibase text in base58btc, which Multikeys and proofs are written in."""

from typing import Final

ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PREFIX: Final = "z"
LONGEST: Final = 2048
"""Decoding takes time that grows with the square of the length; an RSA key of 8192 bits needs 1420."""
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    number = int.from_bytes(data)
    digits = []
    while number:
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return PREFIX + ALPHABET[0] * zeros + "".join(reversed(digits))


def decode(text: str) -> bytes:
    """Raises ValueError for what is no base58btc, or longer than anything that we read."""
    if not text.startswith(PREFIX) or len(text) > LONGEST:
        raise ValueError("not base58btc")
    digits = text[len(PREFIX) :]
    number = 0
    for character in digits:
        if character not in _VALUES:
            raise ValueError("not base58btc")
        number = number * len(ALPHABET) + _VALUES[character]
    zeros = len(digits) - len(digits.lstrip(ALPHABET[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)
