"""Structured fields of HTTP (RFC 8941), as far as signatures need them: dictionaries of inner lists and of bytes."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

import msgspec

LONGEST: Final = 8192
MOST_MEMBERS: Final = 16
MOST_ITEMS: Final = 64
_KEY: Final = re.compile(r"[a-z*][a-z0-9_.*-]*")
_STRING: Final = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_INTEGER: Final = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
_BYTES: Final = re.compile(r":([A-Za-z0-9+/]*={0,2}):")
_TOKEN: Final = re.compile(r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*")
_BOOLEAN: Final = re.compile(r"\?([01])")
_SPACES: Final = re.compile(r" *")
_BLANKS: Final = re.compile(r"[ \t]*")


class BadField(Exception):  # noqa: N818 (reads as what the field is)
    """The field cannot be read, or says something twice."""


class Token(str):
    """A word without quotes."""

    __slots__ = ()


Bare = str | Token | int | bytes | bool


class Item(msgspec.Struct, frozen=True):
    value: Bare
    parameters: Mapping[str, Bare]

    def __str__(self) -> str:
        return write_bare(self.value) + write_parameters(self.parameters)


class InnerList(msgspec.Struct, frozen=True):
    items: tuple[Item, ...]
    parameters: Mapping[str, Bare]

    def __str__(self) -> str:
        return f"({' '.join(str(item) for item in self.items)}){write_parameters(self.parameters)}"


Member = Item | InnerList


def read_dictionary(text: str) -> dict[str, Member]:
    """The members by their names. The RFC lets the last of two equal names win; here that is refused."""
    if len(text) > LONGEST:
        raise BadField("field too long")
    reader = _Reader(text.strip(" "))
    members: dict[str, Member] = {}
    while True:
        name = reader.take(_KEY)
        if name in members or len(members) == MOST_MEMBERS:
            raise BadField("a member stands there twice, or there are too many")
        # A name alone means true, with parameters.
        members[name] = reader.member() if reader.skip("=") else Item(value=True, parameters=reader.parameters())
        reader.take(_BLANKS)
        if reader.is_at_end:
            return members
        reader.expect(",")
        reader.take(_BLANKS)


def write_bare(value: Bare) -> str:
    match value:
        case bool():
            return "?1" if value else "?0"
        case int():
            return str(value)
        case bytes():
            return f":{base64.b64encode(value).decode()}:"
        case Token():
            return value
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'


def write_parameters(parameters: Mapping[str, Bare]) -> str:
    return "".join(
        f";{name}" + ("" if value is True else f"={write_bare(value)}") for name, value in parameters.items()
    )


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._at >= len(self._text)

    def skip(self, character: str) -> bool:
        found = self._text.startswith(character, self._at)
        self._at += len(character) if found else 0
        return found

    def expect(self, character: str) -> None:
        if not self.skip(character):
            raise BadField("field cannot be read")

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise BadField("field cannot be read")
        self._at = match.end()
        return match[match.lastindex or 0]

    def member(self) -> Member:
        if not self.skip("("):
            return self._item()
        items: list[Item] = []
        while True:
            self.take(_SPACES)
            if self.skip(")"):
                return InnerList(items=tuple(items), parameters=self.parameters())
            if len(items) == MOST_ITEMS:
                raise BadField("too many items")
            items.append(self._item())
            if not self._text.startswith((" ", ")"), self._at):
                raise BadField("field cannot be read")

    def parameters(self) -> dict[str, Bare]:
        found: dict[str, Bare] = {}
        while self.skip(";"):
            self.take(_SPACES)
            name = self.take(_KEY)
            if name in found:
                raise BadField("a parameter stands there twice")
            found[name] = self._bare() if self.skip("=") else True
        return found

    def _item(self) -> Item:
        return Item(value=self._bare(), parameters=self.parameters())

    def _bare(self) -> Bare:
        first = self._text[self._at : self._at + 1]
        if first == '"':
            return re.sub(r"\\(.)", r"\1", self.take(_STRING))
        if first == ":":
            return _decoded(self.take(_BYTES))
        if first == "?":
            return self.take(_BOOLEAN) == "1"
        if first == "-" or first.isdigit():
            return int(self.take(_INTEGER))
        return Token(self.take(_TOKEN))


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadField("bytes are not base64") from error
