"""Reports in a moderator's hands."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from chassis.http import Json
from contracts.ids import AccountId, ReportId
from mastoapi.pagination import answer, paged
from mastoapi.params import Id, PathId, params
from mastoapi.viewer import Viewer
from moderation import audit, present
from moderation.door import moderator
from moderation.resources import Res, Resources
from social.paging import Page
from social.reports import actions, store

router = APIRouter(prefix="/api/v1/admin/reports")

READING = [Depends(moderator("admin:read:reports"))]
Acting = Annotated[Viewer, Depends(moderator("admin:write:reports"))]


class Which(msgspec.Struct, frozen=True, kw_only=True):
    resolved: bool = False
    account_id: Id | None = None
    target_account_id: Id | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    category: str | None = None
    rule_ids: list[Id] | None = None


@router.get("", dependencies=READING)
async def listed(request: Request, res: Res, page: Annotated[Page, Depends(paged(100, 200))]) -> Response:
    which = await params(request, Which)
    rows = await store.page_of(
        res.db,
        page,
        resolved=which.resolved,
        account_id=AccountId(which.account_id) if which.account_id is not None else None,
        target_id=AccountId(which.target_account_id) if which.target_account_id is not None else None,
    )
    return answer(request, page, await present.admin_reports(res.db, rows, res.urls), [row.id for row in rows])


@router.get("/{report_id}", dependencies=READING)
async def show(report_id: PathId, res: Res) -> Response:
    return await _shown(res, report_id)


@router.put("/{report_id}")
async def change(report_id: PathId, request: Request, viewer: Acting, res: Res) -> Response:
    wish = await params(request, Change)
    async with res.db.transaction() as tx:
        report = await actions.found(tx, ReportId(report_id))
        category = wish.category or report.category
        await actions.categorise(tx, report, category, report.rule_ids if wish.rule_ids is None else wish.rule_ids)
        await audit.about_report(tx, viewer, "change", report, category=category)
    return await _shown(res, report_id)


@router.post("/{report_id}/resolve")
async def resolve(report_id: PathId, viewer: Acting, res: Res) -> Response:
    async with res.db.transaction() as tx:
        report = await actions.found(tx, ReportId(report_id))
        await actions.resolve(tx, report, viewer.account)
        await audit.about_report(tx, viewer, "resolve", report)
    return await _shown(res, report_id)


@router.post("/{report_id}/reopen")
async def reopen(report_id: PathId, viewer: Acting, res: Res) -> Response:
    async with res.db.transaction() as tx:
        report = await actions.found(tx, ReportId(report_id))
        await actions.reopen(tx, report)
        await audit.about_report(tx, viewer, "reopen", report)
    return await _shown(res, report_id)


@router.post("/{report_id}/assign_to_self")
async def assign_to_self(report_id: PathId, viewer: Acting, res: Res) -> Response:
    async with res.db.transaction() as tx:
        report = await actions.found(tx, ReportId(report_id))
        await actions.assign(tx, report, viewer.account)
        await audit.about_report(tx, viewer, "assign", report)
    return await _shown(res, report_id)


@router.post("/{report_id}/unassign")
async def unassign(report_id: PathId, viewer: Acting, res: Res) -> Response:
    async with res.db.transaction() as tx:
        report = await actions.found(tx, ReportId(report_id))
        await actions.assign(tx, report, None)
        await audit.about_report(tx, viewer, "unassign", report)
    return await _shown(res, report_id)


async def _shown(res: Resources, report_id: int) -> Response:
    report = await actions.found(res.db, ReportId(report_id))
    [entity] = await present.admin_reports(res.db, [report], res.urls)
    return Json(entity)
