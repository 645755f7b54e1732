"""What an operator decides about the server."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from apcore.html import sanitise
from chassis.db import Tx
from social.errors import ValidationFailed
from social.server import store
from social.server.model import SETTINGS, About

HTML: Final = frozenset({"description", "closed_message", "privacy_policy"})
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "registrations": ("open", "approval", "closed"),
    "show_domain_blocks": ("all", "users", "disabled"),
}


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "languages": _listed,
    "suggested_accounts": _listed,
    "min_age": lambda text: int(text) if text else None,
}


async def set_up(tx: Tx, name: str, text: str, now: dt.datetime) -> None:
    """Change one setting, given as a person writes it."""
    await store.set_setting(tx, name, value_of(name, text))
    await store.set_setting(tx, "updated_at", now.isoformat())


def value_of(name: str, text: str) -> Any:
    if name not in SETTINGS:
        raise ValidationFailed(f"There is no setting {name}; there are {', '.join(SETTINGS)}")
    if name in CHOICES and text not in CHOICES[name]:
        raise ValidationFailed(f"{name} is one of {', '.join(CHOICES[name])}")
    try:
        value = READ.get(name, str)(sanitise(text) if name in HTML else text)
        About.of({name: value})
    except (ValueError, msgspec.ValidationError) as error:
        raise ValidationFailed(f"{name} cannot be {text!r}") from error
    return value


async def publish_terms(tx: Tx, day: dt.date, html: str) -> None:
    """Terms that hold from a day on."""
    await store.set_terms(tx, day, sanitise(html))
