"""Filters, and what they found in a status, as clients see them."""

from collections.abc import Sequence

from msgspec import UNSET

from mastoapi.entities import statuses as entities
from mastoapi.entities.times import timestamp_or_none
from social.filters.matching import Match
from social.filters.model import Filter, FilterStatus, Keyword


def filter_from(found: Filter, *, rules: bool = True) -> entities.Filter:
    """Within a status only the filter itself is shown, without its rules."""
    return entities.Filter(
        id=str(found.id),
        title=found.title,
        context=list(found.contexts),
        expires_at=timestamp_or_none(found.expires_at),
        filter_action=found.action,
        keywords=[keyword_from(keyword) for keyword in found.keywords] if rules else UNSET,
        statuses=[filter_status_from(status) for status in found.statuses] if rules else UNSET,
    )


def keyword_from(found: Keyword) -> entities.FilterKeyword:
    return entities.FilterKeyword(id=str(found.id), keyword=found.keyword, whole_word=found.whole_word)


def filter_status_from(found: FilterStatus) -> entities.FilterStatus:
    return entities.FilterStatus(id=str(found.id), status_id=str(found.status_id))


def phrase_from(found: Filter, keyword: Keyword) -> entities.Phrase:
    """A keyword as filters of the first version are."""
    return entities.Phrase(
        id=str(keyword.id),
        phrase=keyword.keyword,
        context=list(found.contexts),
        expires_at=timestamp_or_none(found.expires_at),
        irreversible=found.action == "hide",
        whole_word=keyword.whole_word,
    )


def filtered_from(matches: Sequence[Match]) -> list[entities.FilterResult]:
    """`filtered` of a status."""
    return [
        entities.FilterResult(
            filter=filter_from(match.filter, rules=False),
            keyword_matches=match.keyword_matches,
            status_matches=[str(i) for i in match.status_matches] if match.status_matches is not None else None,
        )
        for match in matches
    ]
