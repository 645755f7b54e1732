"""Accounts elsewhere, found and read anew by the inbox service: the command line itself asks no other server."""

import httpx
import msgspec

from apcore.handles import parse
from chassis.db import Reader
from chassis.errors import Unavailable
from chassis.settings import Settings
from contracts.ids import AccountId
from murmuration.console import Refused
from social.accounts import store
from social.accounts.model import Account

SECONDS = 30.0


class _Resolved(msgspec.Struct, frozen=True):
    kind: str
    id: str


async def account_named(db: Reader, settings: Settings, name: str) -> Account:
    """An account anywhere, by handle or address, as its own server shows it now."""
    handle = parse(name)
    if handle is not None and handle.host in (None, settings.domain):
        return await _ours(db, handle.username, settings)
    found = await _resolve(settings, name)
    account = await store.by_id(db, AccountId(int(found.id))) if found and found.kind == "account" else None
    if account is None:
        raise Refused(f"No account was found at {name}")
    return account


async def _ours(db: Reader, username: str, settings: Settings) -> Account:
    account = await store.by_handle(db, username, None)
    if account is None:
        raise Refused(f"There is no account @{username} on {settings.domain}")
    return account


async def _resolve(settings: Settings, name: str) -> _Resolved | None:
    headers = {"Authorization": f"Bearer {settings.internal_secret.get_secret_value()}"}
    url = f"{settings.inbox_url.rstrip('/')}/internal/resolve"
    try:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            answer = await client.post(url, headers=headers, json={"resource": name, "fresh": True})
    except httpx.HTTPError as problem:
        raise InboxAway from problem
    if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise Refused("The inbox service does not accept MURMURATION_INTERNAL_SECRET")
    return msgspec.json.decode(answer.content, type=_Resolved) if answer.is_success else None


class InboxAway(Unavailable):
    """The inbox service at MURMURATION_INBOX_URL does not answer: is it running?"""
