"""The poll that somebody wants to ask with a post: read from parameters and checked. Pure."""

import datetime as dt

import msgspec
import regex

from api_gateway.allowances import POLLS
from social.errors import ValidationFailed
from social.polls.model import PollDraft


class PollWords(msgspec.Struct, frozen=True):
    options: list[str] = []
    expires_in: int | None = None
    multiple: bool = False
    hide_totals: bool = False


def poll_in(asked: PollWords | None) -> PollWords | None:
    """What is asked, without blanks. A poll of which nothing was said is none."""
    if asked is None or (not asked.options and asked.expires_in is None):
        return None
    options = [option for text in asked.options if (option := text.strip())]
    _check_options(options)
    _check_duration(asked.expires_in)
    return msgspec.structs.replace(asked, options=options)


def draft_from(asked: PollWords | None, now: dt.datetime) -> PollDraft | None:
    if asked is None or asked.expires_in is None:
        return None
    return PollDraft(
        options=tuple(asked.options),
        multiple=asked.multiple,
        hide_totals=asked.hide_totals,
        expires_at=now + dt.timedelta(seconds=asked.expires_in),
    )


def _check_options(options: list[str]) -> None:
    if len(options) < 2:
        raise ValidationFailed("Choices must have more than one item")
    if len(options) > POLLS.max_options:
        raise ValidationFailed(f"Choices can't contain more than {POLLS.max_options} items")
    most = POLLS.max_characters_per_option
    if any(len(option) > most * 40 or len(regex.findall(r"\X", option)) > most for option in options):
        raise ValidationFailed(f"Choices cannot be longer than {most} characters each")
    if len(set(options)) < len(options):
        raise ValidationFailed("Choices contain duplicate items")


def _check_duration(seconds: int | None) -> None:
    if seconds is None:
        raise ValidationFailed("Deadline can't be blank")
    if seconds > POLLS.max_expiration:
        raise ValidationFailed("Deadline is too far into the future")
    if seconds < POLLS.min_expiration:
        raise ValidationFailed("Deadline is too soon")
