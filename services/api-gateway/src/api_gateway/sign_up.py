"""Who wants to join by an app: what they say of themselves, and every reason why not, in Mastodon's words."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from apcore.keys import KeyPair
from chassis.db import Reader, Tx
from chassis.errors import Forbidden
from social.accounts import actions
from social.accounts import store as accounts
from social.accounts.actions import EMAIL, USERNAME
from social.accounts.model import Account
from social.addresses import Addresses
from social.errors import ValidationFailed
from social.server.model import About
from social.users import passwords
from social.users import store as users
from social.users.model import Joining

LONGEST_USERNAME: Final = 30
LONGEST_EMAIL: Final = 320
LONGEST_REASON: Final = 420
LOCALE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

# Names that people take for the server's own word.
_RESERVED = (
    "abuse account accounts admin administration administrator admins help helpdesk instance mod moderator "
    "moderators mods owner root security server staff support webmaster"
)
RESERVED: Final = frozenset(_RESERVED.split())

WORDS: Final[Mapping[str, str]] = {
    "ERR_BLANK": "can't be blank",
    "ERR_INVALID": "is invalid",
    "ERR_TAKEN": "has already been taken",
    "ERR_RESERVED": "is reserved",
    "ERR_ACCEPTED": "must be accepted",
    "ERR_INCLUSION": "is not included in the list",
    "ERR_BELOW_LIMIT": "is below the age limit",
}
NAMES: Final[Mapping[str, str]] = {"email": "E-mail address", "agreement": "Service agreement"}

Fault = tuple[str, str, str]
"""Field, code, description."""


class NotPermitted(Forbidden):
    """This action is not allowed"""  # noqa: D404  # Mastodon's words


class SignUpRefused(ValidationFailed):
    """Validation failed"""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(", ".join(f"{_shown(field)} {description}" for field, _, description in faults))
        self._faults = faults

    @property
    def details(self) -> Mapping[str, Any]:
        fields = dict.fromkeys(field for field, _, _ in self._faults)
        return {name: [{"error": c, "description": d} for f, c, d in self._faults if f == name] for name in fields}


class Asked(msgspec.Struct, frozen=True):
    username: str = ""
    email: str = ""
    password: str = ""
    agreement: bool = False
    locale: str = ""
    reason: str = ""
    date_of_birth: str = ""


def faults_in(asked: Asked, about: About, today: dt.date) -> list[Fault]:
    """All that can be said without looking who is here already."""
    return [
        *_username(asked.username),
        *_email(asked.email),
        *_password(asked.password),
        *([] if asked.agreement else [_fault("agreement", "ERR_ACCEPTED")]),
        *([] if LOCALE.fullmatch(asked.locale or "en") else [_fault("locale", "ERR_INCLUSION")]),
        *_reason(asked.reason, is_needed=about.registrations == "approval"),
        *(_age(asked.date_of_birth, about.min_age, today) if about.min_age else []),
    ]


async def check(db: Reader, asked: Asked, about: About, today: dt.date) -> None:
    if about.registrations not in ("open", "approval"):
        raise NotPermitted
    faults = faults_in(asked, about, today)
    if asked.username and await accounts.by_handle(db, asked.username, None) is not None:
        faults.append(_fault("username", "ERR_TAKEN"))
    if asked.email and await users.is_email_taken(db, asked.email):
        faults.append(_fault("email", "ERR_TAKEN"))
    if faults:
        raise SignUpRefused(faults)


async def create(
    tx: Tx, addresses: Addresses, asked: Asked, about: About, password_hash: str, pair: KeyPair, now: dt.datetime
) -> Account:
    """The account of whoever may join. Nobody can be asked by mail yet, so the address is believed."""
    return await actions.create_local(
        tx,
        addresses,
        username=asked.username,
        email=asked.email,
        password_hash=password_hash,
        keys=pair,
        confirmed_at=now,
        joining=Joining(
            locale=asked.locale or "en", awaits_approval=about.registrations == "approval", reason=asked.reason
        ),
    )


def _username(name: str) -> list[Fault]:
    if not name:
        return [_fault("username", "ERR_BLANK")]
    if len(name) > LONGEST_USERNAME:
        return [_too_long("username", LONGEST_USERNAME)]
    if not USERNAME.fullmatch(name):
        return [("username", "ERR_INVALID", "must contain only letters, numbers and underscores")]
    return [_fault("username", "ERR_RESERVED")] if name.lower() in RESERVED else []


def _email(address: str) -> list[Fault]:
    if not address:
        return [_fault("email", "ERR_BLANK")]
    if len(address) > LONGEST_EMAIL:
        return [_too_long("email", LONGEST_EMAIL)]
    return [] if EMAIL.fullmatch(address) else [_fault("email", "ERR_INVALID")]


def _password(password: str) -> list[Fault]:
    if not password:
        return [_fault("password", "ERR_BLANK")]
    if len(password) < passwords.SHORTEST:
        return [("password", "ERR_TOO_SHORT", f"is too short (minimum is {passwords.SHORTEST} characters)")]
    return [_too_long("password", passwords.LONGEST)] if len(password) > passwords.LONGEST else []


def _reason(reason: str, *, is_needed: bool) -> list[Fault]:
    if is_needed and not reason.strip():
        return [_fault("reason", "ERR_BLANK")]
    return [_too_long("reason", LONGEST_REASON)] if len(reason) > LONGEST_REASON else []


def _age(birth: str, least: int, today: dt.date) -> list[Fault]:
    if not birth:
        return [_fault("date_of_birth", "ERR_BLANK")]
    try:
        born = dt.date.fromisoformat(birth)
    except ValueError:
        return [_fault("date_of_birth", "ERR_INVALID")]
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return [_fault("date_of_birth", "ERR_BELOW_LIMIT")] if age < least else []


def _fault(field: str, code: str) -> Fault:
    return field, code, WORDS[code]


def _too_long(field: str, most: int) -> Fault:
    return field, "ERR_TOO_LONG", f"is too long (maximum is {most} characters)"


def _shown(field: str) -> str:
    return NAMES.get(field) or field.replace("_", " ").capitalize()
