"""Accounts in a moderator's hands."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from chassis.clock import utc_now
from chassis.http import Json
from contracts.ids import AccountId, ReportId
from mastoapi.params import Id, PathId, params
from mastoapi.viewer import Viewer
from moderation import audit, present, sanctions
from moderation.door import moderator
from moderation.resources import Res
from social.reports import actions as reports

router = APIRouter(prefix="/api/v1/admin/accounts")

READING = [Depends(moderator("admin:read:accounts"))]
Acting = Annotated[Viewer, Depends(moderator("admin:write:accounts"))]


class ActionForm(msgspec.Struct, frozen=True, kw_only=True):
    type: str = "none"
    report_id: Id | None = None
    text: str = ""


@router.get("/{account_id}", dependencies=READING)
async def show(account_id: PathId, res: Res) -> Response:
    return Json(await present.admin_account(res.db, AccountId(account_id), res.urls))


@router.post("/{account_id}/action")
async def act(account_id: PathId, request: Request, viewer: Acting, res: Res) -> Response:
    """Sanction the account; a report named with it is resolved by that."""
    form = await params(request, ActionForm)
    async with res.db.transaction() as tx:
        account = await sanctions.found(tx, AccountId(account_id))
        await sanctions.act(tx, viewer, account, form.type, note=form.text, now=utc_now())
        if form.report_id is not None:
            report = await reports.found(tx, ReportId(form.report_id))
            await reports.resolve(tx, report, viewer.account)
            await audit.about_report(tx, viewer, "resolve", report)
    return Json({})


@router.post("/{account_id}/unsilence")
async def unsilence(account_id: PathId, viewer: Acting, res: Res) -> Response:
    async with res.db.transaction() as tx:
        await sanctions.unsilence(tx, viewer, await sanctions.found(tx, AccountId(account_id)))
    return Json(await present.admin_account(res.db, AccountId(account_id), res.urls))


@router.post("/{account_id}/unsuspend")
async def unsuspend(account_id: PathId, viewer: Acting, res: Res) -> Response:
    async with res.db.transaction() as tx:
        await sanctions.unsuspend(tx, viewer, await sanctions.found(tx, AccountId(account_id)))
    return Json(await present.admin_account(res.db, AccountId(account_id), res.urls))
