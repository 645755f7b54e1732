"""Who fetches, when it matters: what is not for everybody is for those in its audience, who sign."""

import datetime as dt
from collections.abc import Mapping

import msgspec
from fastapi import Request
from starlette.exceptions import HTTPException

from apcore import jsonld
from apcore.signatures import cavage
from apcore.signatures.cavage import SignatureRefused
from contracts.ids import AccountId, StatusId, Uri
from inbox.letters import target_of
from inbox.refusals import refused
from inbox.resources import Resources
from inbox.serving import CONFIDENTIAL, OPEN
from inbox.verification import KeyAway, read_signatures, verify
from social.accounts import store as accounts
from social.accounts.model import Account
from social.statuses import reading
from social.statuses.model import Status


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    status: Status
    headers: Mapping[str, str]
    """Whether anybody between us and the fetcher may keep it."""


async def seen_by(res: Resources, request: Request, account_id: AccountId, status_id: StatusId) -> Seen | None:
    """A post of this account of ours, if whoever asks may see it."""
    status = await reading.visible_to(res.db, status_id, None)
    headers = OPEN
    if status is None and (viewer := await signer_of(res, request)) is not None:
        status = await reading.visible_to(res.db, status_id, viewer)
        headers = CONFIDENTIAL
    if status is None or not status.is_local or status.account_id != account_id:
        return None
    return Seen(status=status, headers=headers)


async def signer_of(res: Resources, request: Request) -> AccountId | None:
    """The account that signed the request. Only whom we know can be in an audience."""
    if "signature" not in request.headers:
        return None
    try:
        signed = _request_of(request)
        signatures = read_signatures(res, signed, dt.datetime.now(dt.UTC))
        account = await _owner_of(res, signatures[0].key_id)
        if account is None or account.is_local or res.policies.value.hides(account):
            return None
        await verify(res, signed, signatures, account.uri)
    except (SignatureRefused, HTTPException, KeyAway):
        # A wrong signature gets what nobody gets: the answer must not tell that there is something.
        return None
    return account.id


async def host_of_signer(res: Resources, request: Request) -> str:
    """The host whose key signed the request, be it of somebody known here or not; it raises when none did."""
    try:
        signed = _request_of(request)
    except SignatureRefused as problem:
        raise refused("signature", str(problem)) from problem
    signatures = read_signatures(res, signed, dt.datetime.now(dt.UTC))
    account = await _owner_of(res, signatures[0].key_id)
    actor = account.uri if account else Uri(signatures[0].key_id.partition("#")[0])
    if res.addresses.is_ours(actor):
        raise refused("key_host", "That is not your key")
    if res.policies.value.is_suspended(jsonld.host_of(actor)):
        raise refused("suspended", "This server does not talk with yours")
    await verify(res, signed, signatures, actor)
    return jsonld.host_of(actor)


def _request_of(request: Request) -> cavage.Request:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    return cavage.request_of(request.method, target_of(request), headers)


async def _owner_of(res: Resources, key_id: str) -> Account | None:
    """Whom the key belongs to, by its record or by its address, of which the fragment names the key."""
    return await accounts.by_key_id(res.db, key_id) or await accounts.by_uri(res.db, Uri(key_id.partition("#")[0]))
