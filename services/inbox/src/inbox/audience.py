"""Who fetches, when it matters: what is not for everybody is for those in its audience, who sign."""

from collections.abc import Mapping

import msgspec
from fastapi import Request
from starlette.exceptions import HTTPException

from contracts.ids import AccountId, StatusId
from inbox.resources import Resources
from inbox.serving import CONFIDENTIAL
from inbox.verification import KeyAway
from inbox.visitors import Visitor, is_barred, verified
from social.statuses import reading
from social.statuses.model import Status


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    status: Status
    headers: Mapping[str, str]
    """Whether anybody between us and the fetcher may keep it."""


async def seen_by(
    res: Resources, request: Request, visitor: Visitor, account_id: AccountId, status_id: StatusId
) -> Seen | None:
    """A post of this account of ours, if whoever asks may see it."""
    if await is_barred(res, account_id, visitor):
        return None
    status = await reading.visible_to(res.db, status_id, None)
    headers = visitor.headers
    if status is None and (viewer := await signer_of(res, request, visitor)) is not None:
        status = await reading.visible_to(res.db, status_id, viewer)
        headers = CONFIDENTIAL
    if status is None or not status.is_local or status.account_id != account_id:
        return None
    return Seen(status=status, headers=headers)


async def signer_of(res: Resources, request: Request, visitor: Visitor) -> AccountId | None:
    """The account that signed the request. Only whom we know can be in an audience."""
    if visitor.uri is None and "signature" in request.headers:
        try:
            visitor = await verified(request, res, only_known=True)
        except (HTTPException, KeyAway):
            # A wrong signature gets what nobody gets: the answer must not tell that there is something.
            return None
    account = visitor.account
    return None if account is None or res.policies.value.hides(account) else account.id
