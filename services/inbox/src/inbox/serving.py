"""Answers to other servers' requests: which form is wanted, who may keep it, what is gone."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from fastapi import Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from apcore.jsonld import Json
from apcore.objects import Tombstone, write_tombstone
from chassis.db import Reader
from chassis.errors import NotFound
from contracts.ids import AccountId, StatusId, Uri
from inbox.resources import Resources
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import store

VARY = {"Vary": "Accept, Signature"}
OPEN = VARY | {"Cache-Control": "public, max-age=180"}
CONFIDENTIAL = VARY | {"Cache-Control": "private, no-store"}
ANYBODY = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=3600"}
ACTIVITY = "application/activity+json"


BIGINT = 2**63 - 1

# A larger number names nothing that we could have.
AccountNumber = Annotated[AccountId, Path(ge=-BIGINT, le=BIGINT)]
StatusNumber = Annotated[StatusId, Path(ge=-BIGINT, le=BIGINT)]
Number = Annotated[int, Path(ge=-BIGINT, le=BIGINT)]
Bound = Annotated[int | None, Query(ge=0, le=BIGINT)]


class Activity(Response):
    """An ActivityPub document."""

    media_type = f"{ACTIVITY}; charset=utf-8"

    def __init__(self, content: Json, *, headers: Mapping[str, str] = OPEN, status_code: int = 200) -> None:
        super().__init__(msgspec.json.encode(content), status_code, dict(headers))


def wants_page(request: Request) -> bool:
    """Whether a browser asks, and not a server."""
    accept = request.headers.get("Accept", "").lower()
    return "text/html" in accept and ACTIVITY not in accept and "application/ld+json" not in accept


def to_page(address: str) -> Response:
    return RedirectResponse(address, 302, VARY)


def gone(uri: Uri, headers: Mapping[str, str]) -> Response:
    return Activity(write_tombstone(Tombstone(id=uri)), status_code=410, headers=headers)


async def local_account(res: Resources, account_id: AccountId) -> Account | None:
    account = await accounts.by_id(res.db, account_id) if account_id > 0 else None
    return account if account is not None and account.is_local else None


async def shown_account(res: Resources, account_id: AccountId) -> Account:
    """An account of ours whose collections may be looked at."""
    account = await local_account(res, account_id)
    if account is None or account.suspended_at is not None:
        raise NotFound
    return account


async def missing(db: Reader, headers: Mapping[str, str], uri: Uri, *wholes: Uri) -> Response:
    """410 for what was here once, or was part of what is gone; it raises NotFound for what never was."""
    if await store.is_any_gone(db, [uri, *wholes]):
        return gone(uri, headers)
    raise NotFound


async def missing_of_status(
    res: Resources, headers: Mapping[str, str], account_id: AccountId, status_id: StatusId, below: str = ""
) -> Response:
    """As `missing`, for a post, or what lies `below` it; a boost is named by its activity."""
    post = res.addresses.status(account_id, status_id)
    wholes = (post, res.addresses.boost(account_id, status_id), res.addresses.account(account_id))
    return await missing(res.db, headers, Uri(f"{post}{below}"), *wholes)


async def is_deleted(res: Resources, account: Account) -> bool:
    """Whether nothing is left of it but its name. A suspended one still shows that it is."""
    return account.suspended_at is not None and await store.is_gone(res.db, account.uri)
