"""Which filters of a person a post meets. Pure."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Final

import msgspec

from apcore.html import text_of
from contracts.ids import StatusId
from social.filters.model import Context, Filter
from social.statuses.model import FullStatus

# Scripts that put no space between words: Thai to Khmer, kana, Han, and what is beyond the first plane of it.
_UNSPACED: Final = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u30ff"
    r"\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_LETTER: Final = re.compile(f"[^\\W{_UNSPACED}]")


class Match(msgspec.Struct, frozen=True):
    """A filter that a post meets. Without keywords or posts in the filter there is nothing to have met: None."""

    filter: Filter
    keyword_matches: list[str] | None
    status_matches: list[StatusId] | None


class _Sieve(msgspec.Struct, frozen=True):
    filter: Filter
    words: tuple[tuple[str, bool], ...]
    """In lower case; with true where only the whole word counts."""
    statuses: frozenset[StatusId]


class Filters(msgspec.Struct, frozen=True):
    """All filters of one person, ready to be applied to many posts."""

    sieves: tuple[_Sieve, ...] = ()

    @classmethod
    def of(cls, filters: Sequence[Filter]) -> "Filters":
        return cls(tuple(_sieve(found) for found in filters))

    def __bool__(self) -> bool:
        return bool(self.sieves)

    def results(
        self,
        text: str,
        status_id: StatusId,
        reblog_of_id: StatusId | None,
        now: dt.datetime,
        *,
        context: Context | None = None,
    ) -> list[Match]:
        """The filters that the post meets, in one context or in any.

        `text` is `searchable(…)` of the post, of a boost that of the boosted.
        """
        if not self.sieves:
            return []
        lowered = text.lower()
        ids = (status_id,) if reblog_of_id is None else (status_id, reblog_of_id)
        wanted = (s for s in self.sieves if (context is None or context in s.filter.contexts))
        found = (_match(sieve, text, lowered, ids) for sieve in wanted if not sieve.filter.is_over(now))
        return [match for match in found if match is not None]


def searchable(full: FullStatus) -> str:
    """What is searched for keywords, as Mastodon does: warning, words, answers of the poll, descriptions of media."""
    status = full.status
    parts = [
        status.spoiler_text,
        status.text if status.is_local else text_of(status.content),
        *(full.poll.options if full.poll is not None else ()),
        *(file.description or "" for file in full.media),
    ]
    return "\n\n".join(part for part in parts if part)


def _match(sieve: _Sieve, text: str, lowered: str, ids: Sequence[StatusId]) -> Match | None:
    met = next((span for word, is_whole in sieve.words if (span := _first(lowered, word, is_whole=is_whole))), None)
    statuses = [i for i in ids if i in sieve.statuses]
    if met is None and not statuses:
        return None
    # Lowering changes the length of few words: those are shown lowered.
    shown = text if len(text) == len(lowered) else lowered
    return Match(
        sieve.filter,
        [shown[met[0] : met[1]]] if met is not None else None,
        statuses or None,
    )


def _sieve(found: Filter) -> _Sieve:
    words = ((keyword.keyword.strip().lower(), keyword.whole_word) for keyword in found.keywords)
    return _Sieve(
        found,
        tuple((word, is_whole) for word, is_whole in words if word),
        frozenset(status.status_id for status in found.statuses),
    )


def _first(text: str, word: str, *, is_whole: bool) -> tuple[int, int] | None:
    """Where the word stands. Finding it so, word after word, takes a tenth of what one pattern of all words would."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not is_whole or (_is_edge(text, start) and _is_edge(text, end)):
            return start, end
        start = text.find(word, start + 1)
    return None


def _is_edge(text: str, at: int) -> bool:
    """A word ends where its script says so: two letters of scripts that put spaces between words belong together."""
    return at in (0, len(text)) or not (_LETTER.match(text[at - 1]) and _LETTER.match(text[at]))
