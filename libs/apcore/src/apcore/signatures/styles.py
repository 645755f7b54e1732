"""The two styles of signing a request, and which of them a host takes."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never

from apcore.keys import PrivateKey, VerifyingKey
from apcore.signatures import cavage, rfc9421
from apcore.signatures.cavage import Request

Signature = cavage.Signature | rfc9421.Signature

UNBELIEVED: Final = frozenset({400, 401, 403})
"""Answers that may mean that the signature was not understood."""


class Style(StrEnum):
    CAVAGE = "cavage"
    RFC9421 = "rfc9421"

    @property
    def other(self) -> "Style":
        return Style.RFC9421 if self is Style.CAVAGE else Style.CAVAGE


class Styles:
    """Which style each host took last, as far as that is not the usual one. Bounded; the oldest leave first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: OrderedDict[str, Style] = OrderedDict()
        self._learned: dict[str, Style] = {}
        self.is_recalled = False

    def recall(self, known: Mapping[str, Style]) -> None:
        """What was written down before this process began; what it learned meanwhile is newer."""
        self._known = OrderedDict({**known, **self._known})
        self.is_recalled = True

    def of(self, host: str) -> Style:
        # All that reads signatures reads the draft; by no means all read the RFC.
        return self._known.get(host, Style.CAVAGE)

    def learn(self, host: str, style: Style) -> None:
        if style is self.of(host):
            return
        self._learned[host] = style
        if style is Style.CAVAGE:
            self._known.pop(host, None)
            return
        self._known[host] = style
        if len(self._known) > self._size:
            self._known.popitem(last=False)

    def take_learned(self) -> dict[str, Style]:
        """What is new since this was asked last, for whoever writes it down."""
        learned, self._learned = self._learned, {}
        return learned


def sign(
    style: Style,
    key: PrivateKey,
    key_id: str,
    *,
    method: str,
    url: str,
    now: datetime,
    body: bytes | None = None,
    content_type: str | None = None,
    covered: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The headers that sign the request in this style; `covered` are further ones to send and sign."""
    match style:
        case Style.CAVAGE:
            made = cavage.sign
        case Style.RFC9421:
            made = rfc9421.sign
        case _:
            assert_never(style)
    return made(key, key_id, method=method, url=url, now=now, body=body, content_type=content_type, covered=covered)


def read(request: Request, now: datetime) -> tuple[Signature, ...]:
    """The request's signatures, of the one style that it is signed in."""
    if "signature-input" in request.headers:
        return rfc9421.read(request, now)
    return (cavage.read(request, now),)


def verify(request: Request, origin: str, signature: Signature, key: VerifyingKey) -> bool:
    """Whether the key made the signature, for a request to this origin."""
    match signature:
        case cavage.Signature():
            return cavage.verify(request, signature, key)
        case rfc9421.Signature():
            return rfc9421.verify(request, origin, signature, key)
        case _:
            assert_never(signature)
