"""The canonical form of JSON (JCS, RFC 8785)."""

import json
import math
from decimal import Decimal
from typing import Final

from apcore.jsonld import MAX_DEPTH

MOST_DIGITS: Final = 21
"""ECMAScript writes larger numbers with an exponent,"""
LEAST_POINT: Final = -6
"""and smaller ones than 0.000001."""
EXACT: Final = 2**53


class NotCanonical(Exception):  # noqa: N818 (reads as what the document is)
    """The value has no canonical form: no JSON, too deep, or no number that JSON knows."""


def canonical(value: object) -> bytes:
    """The one way to write the value."""
    try:
        return _written(value, MAX_DEPTH + 2).encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("lone surrogate in a string") from error


def _written(value: object, depth: int) -> str:
    if depth < 0:
        raise NotCanonical("too deep")
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case int() | float():
            return _number(value)
        case list() | tuple():
            return f"[{','.join(_written(item, depth - 1) for item in value)}]"
        case dict():
            # By UTF-16 code units, as ECMAScript compares.
            names = sorted(value, key=lambda name: str(name).encode("utf-16-be", "surrogatepass"))
            return (
                f"{{{','.join(f'{json.dumps(n, ensure_ascii=False)}:{_written(value[n], depth - 1)}' for n in names)}}}"
            )
        case _:
            raise NotCanonical("not JSON")


def _number(value: float) -> str:
    """As ECMAScript writes a double; Python finds the same shortest digits and sets them otherwise."""
    if isinstance(value, int) and abs(value) <= EXACT:
        return str(value)
    try:
        double = float(value)
    except OverflowError as error:
        raise NotCanonical("number too large") from error
    if not math.isfinite(double):
        raise NotCanonical("not a number")
    if double == 0:
        return "0"
    sign, digits, point = _digits(double)
    if len(digits) <= point <= MOST_DIGITS:
        return f"{sign}{digits}{'0' * (point - len(digits))}"
    if 0 < point <= MOST_DIGITS:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if LEAST_POINT < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{point - 1:+d}"


def _digits(double: float) -> tuple[str, str, int]:
    """Sign, digits without zeros at either end, and where the point stands among them."""
    parts = Decimal(repr(double)).as_tuple()
    assert isinstance(parts.exponent, int)
    written = "".join(str(digit) for digit in parts.digits)
    point = len(written) + parts.exponent
    kept = written.lstrip("0")
    return "-" if parts.sign else "", kept.rstrip("0"), point - (len(written) - len(kept))
