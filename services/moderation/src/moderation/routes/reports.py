"""Reports by our people."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from chassis.http import Json
from contracts.ids import AccountId, Domain, StatusId
from mastoapi.params import Id, params
from mastoapi.viewer import Viewer, requires
from moderation import present
from moderation.resources import Res
from social.accounts import store as accounts
from social.errors import NoSuchAccount
from social.reports import actions

router = APIRouter()


class ReportForm(msgspec.Struct, frozen=True, kw_only=True):
    account_id: Id
    status_ids: list[Id] = []
    comment: str = ""
    forward: bool = False
    forward_to_domains: list[str] = []
    category: str = "other"
    rule_ids: list[Id] = []


@router.post("/api/v1/reports")
async def file_report(
    request: Request, viewer: Annotated[Viewer, Depends(requires("write:reports"))], res: Res
) -> Response:
    form = await params(request, ReportForm)
    async with res.db.transaction() as tx:
        target = await accounts.by_id(tx, AccountId(form.account_id))
        if target is None:
            raise NoSuchAccount
        report = await actions.file(
            tx,
            viewer.account,
            target,
            [StatusId(i) for i in form.status_ids],
            category=form.category,
            comment=form.comment,
            rule_ids=form.rule_ids,
            forward=form.forward,
            forward_to=[Domain(name.strip().lower()) for name in form.forward_to_domains],
        )
    assert report is not None  # only a report with a URI can be one we have
    return Json(await present.report(res.db, report, res.urls))
