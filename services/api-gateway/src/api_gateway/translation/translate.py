"""A status in another language: what may be translated, and how the answer is put together again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from apcore.html import escape, sanitise, text_of
from api_gateway.translation.provider import LibreTranslate
from mastoapi.entities.translations import (
    Translation,
    TranslationAttachment,
    TranslationOption,
    TranslationPoll,
)
from social.errors import NotAllowed
from social.statuses.model import OPEN, FullStatus

UNKNOWN: Final = "und"
MOST_CHARACTERS: Final = 20_000
"""What a stranger wrote must not keep the translating server busy for minutes."""


def with_unknown(languages: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Clients look for posts without a language under `und`: it is detected."""
    targets = sorted({target for several in languages.values() for target in several})
    return {code: list(several) for code, several in languages.items()} | ({UNKNOWN: targets} if targets else {})


def check(full: FullStatus, target: str, languages: Mapping[str, Sequence[str]]) -> None:
    """Only what everybody may read leaves for another server, and only where it can be translated."""
    status = full.status
    can = target in with_unknown(languages).get(_bare(status.language) or UNKNOWN, ())
    if status.visibility not in OPEN or not can or sum(map(len, parts_of(full))) > MOST_CHARACTERS:
        raise NotAllowed("This action is not allowed")


def parts_of(full: FullStatus) -> list[str]:
    """All words of the status, as HTML; `put_together` takes them in the same order."""
    options = full.poll.options if full.poll else []
    plain = [full.status.spoiler_text, *options, *(m.description or "" for m in full.media)]
    return [full.status.content, *map(escape, plain)]


async def translated(provider: LibreTranslate, full: FullStatus, target: str) -> Translation:
    parts = parts_of(full)
    wanted = [part for part in parts if part]
    answer = await provider.translate(wanted, _bare(full.status.language), target)
    found = iter(answer.translated)
    words = iter([next(found) if part else "" for part in parts])
    detected = answer.detected[0].language if answer.detected else ""
    return put_together(full, words, target, _bare(full.status.language) or detected or UNKNOWN, provider.name)


def put_together(full: FullStatus, words: Iterator[str], target: str, source: str, provider: str) -> Translation:
    """What another server says is nobody's word until it is sanitised."""
    content, spoiler_text = sanitise(next(words)), text_of(next(words))
    poll = (
        None
        if full.poll is None
        else TranslationPoll(
            id=str(full.poll.id), options=[TranslationOption(title=text_of(next(words))) for _ in full.poll.options]
        )
    )
    return Translation(
        content=content,
        spoiler_text=spoiler_text,
        language=target,
        poll=poll,
        media_attachments=[
            TranslationAttachment(id=str(file.id), description=text_of(next(words))) for file in full.media
        ],
        detected_source_language=source,
        provider=provider,
    )


def _bare(language: str | None) -> str | None:
    """`de` of `de-CH`."""
    return language.partition("-")[0] if language else None
