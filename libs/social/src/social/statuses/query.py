"""What people type to find posts, taken apart: words, phrases and operators. Pure."""

import datetime as dt
import itertools
import re
from typing import Final, Literal

import msgspec

from social.errors import ValidationFailed

Place = Literal["all", "library", "public"]
"""What one has to do with oneself, what everybody may find, or both."""

ME: Final = "me"
MOST_PARTS: Final = 40
A_DAY: Final = dt.timedelta(days=1)

_PART = re.compile(
    r"(?P<minus>-?)\+?(?:(?P<operator>from|has|is|language|before|after|during|in):(?=[^\s]))?"
    r'(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))',
    re.IGNORECASE,
)
# What phones make of a typed quotation mark.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟", '"'))


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for. Empty means anything; of several authors or languages any one will do."""

    words: str = ""
    """For websearch_to_tsquery, each word in quotes so that none of them is an operator there."""
    has_words: bool = False
    """Whether there is a word that must occur: those that must not are no way into an index."""
    authors: frozenset[str] = frozenset()
    """Handles as they were typed; `me` is who asks."""
    not_authors: frozenset[str] = frozenset()
    traits: frozenset[str] = frozenset()
    not_traits: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    not_languages: frozenset[str] = frozenset()
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    """Exclusive."""
    not_days: frozenset[dt.date] = frozenset()
    place: Place = "all"

    @property
    def is_empty(self) -> bool:
        return self == Sought()


def parse(typed: str) -> Sought:
    """Unknown operators are words. Days are those of UTC; `after` a day does not contain it."""
    sought = Sought()
    for part in itertools.islice(_PART.finditer(typed.translate(_QUOTES)), MOST_PARTS):
        text = part["phrase"] if part["phrase"] is not None else part["word"]
        operator = (part["operator"] or "").lower()
        if text.strip(" -+"):
            sought = _with(sought, operator, text.strip(), negated=bool(part["minus"]))
    return sought


def _with(sought: Sought, operator: str, text: str, *, negated: bool) -> Sought:
    value = text.lower()
    match operator:
        case "from":
            return _adding(sought, "authors", value.removeprefix("@"), negated=negated)
        case "has" | "is":
            return _adding(sought, "traits", value, negated=negated)
        case "language":
            return _adding(sought, "languages", value, negated=negated)
        case "in":
            return msgspec.structs.replace(sought, place=_place(sought.place, value, negated=negated))
        case "before" | "after" | "during":
            return _within(sought, operator, _day(value), negated=negated)
        case _:
            word = f'{"-" if negated else ""}"{text}"'
            words = f"{sought.words} {word}".lstrip()
            return msgspec.structs.replace(sought, words=words, has_words=sought.has_words or not negated)


def _adding(sought: Sought, field: str, value: str, *, negated: bool) -> Sought:
    name = f"not_{field}" if negated else field
    return msgspec.structs.replace(sought, **{name: getattr(sought, name) | {value}})


def _place(known: Place, value: str, *, negated: bool) -> Place:
    match value, negated:
        case ("library", False) | ("public", True):
            return "library"
        case ("public", False) | ("library", True):
            return "public"
        case ("all", False):
            return "all"
        case _:
            return known


def _within(sought: Sought, operator: str, day: dt.datetime, *, negated: bool) -> Sought:
    match operator, negated:
        case ("before", False):
            return _between(sought, None, day)
        case ("before", True):
            return _between(sought, day, None)
        case ("after", False):
            return _between(sought, day + A_DAY, None)
        case ("after", True):
            return _between(sought, None, day + A_DAY)
        case (_, False):
            return _between(sought, day, day + A_DAY)
        case _:
            return msgspec.structs.replace(sought, not_days=sought.not_days | {day.date()})


def _between(sought: Sought, since: dt.datetime | None, until: dt.datetime | None) -> Sought:
    """The narrower of what was known and this."""
    return msgspec.structs.replace(
        sought,
        since=max(filter(None, (sought.since, since)), default=None),
        until=min(filter(None, (sought.until, until)), default=None),
    )


def _day(value: str) -> dt.datetime:
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or day.year in (dt.MINYEAR, dt.MAXYEAR):
        raise ValidationFailed(f"{value[:40]} is not a date: write it as 2026-12-31")
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
