"""Profiles and posts for browsers, and the pictures of those who have none."""

from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from apcore import handles
from api_gateway.resources import Res, Resources
from chassis.errors import Unauthenticated
from contracts.ids import StatusId
from mastoapi import present
from mastoapi.params import PathId
from social.accounts import store as accounts
from social.accounts.model import Account
from social.errors import NoSuchAccount, NoSuchRecord, NoSuchStatus
from social.paging import Page
from social.statuses import reading
from social.statuses.model import OPEN, Status

router = APIRouter(include_in_schema=False)

ASSETS = Path(__file__).parents[1] / "assets"
KEPT = {"Cache-Control": "public, max-age=604800", "Access-Control-Allow-Origin": "*"}
ACTIVITY = ("application/activity+json", "application/ld+json")
POSTS = 20
LONGEST = 2048


@router.get("/@{username}")
async def profile(request: Request, username: str, res: Res) -> Response:
    owner = await _local(res, username)
    if _is_a_server(request):
        return _elsewhere(owner.uri)
    _check_open(res)
    ids = await reading.of_account(res.db, owner.id, None, Page(limit=POSTS), exclude_replies=True)
    statuses = await present.statuses(res.db, ids, None, res.urls, policies=res.policies.value)
    shown = [present.opened(post) for post in statuses]
    return res.pages.profile(await present.account(res.db, owner.id, res.urls, policies=res.policies.value), shown)


@router.get("/@{username}/{status_id}")
async def status(request: Request, username: str, status_id: PathId, res: Res) -> Response:
    found = await _public_status(res, await _local(res, username), status_id)
    if _is_a_server(request):
        return _elsewhere(found.uri)
    _check_open(res)
    above, below = await reading.thread_of(res.db, found.id, up=20, down=60, depth=20)
    ids = [*above, found.id, *below]
    shown = await present.statuses_by_id(res.db, ids, None, res.urls, policies=res.policies.value)
    by_id = {i: present.opened(post) for i, post in shown.items()}
    if found.id not in by_id:
        raise NoSuchStatus
    ancestors, descendants = ([by_id[i] for i in part if i in by_id] for part in (above, below))
    return res.pages.status(by_id[found.id], ancestors, descendants)


@router.get("/authorize_interaction")
async def interaction(res: Res, uri: str = "", acct: str = "") -> Response:
    """Where pages elsewhere lead those who live here: what is ours is shown, of the rest it is said how to find it."""
    wanted = (uri or acct).strip()[:LONGEST]
    if wanted.startswith(f"{res.addresses.url}/"):
        return RedirectResponse(wanted, 302)
    if not (wanted.startswith("https://") or handles.parse(wanted)):
        raise NoSuchRecord
    return res.pages.interaction(wanted.removeprefix("acct:"))


@router.get("/avatars/original/missing.png")
async def missing_avatar() -> Response:
    return FileResponse(ASSETS / "avatar.png", headers=KEPT)


@router.get("/headers/original/missing.png")
async def missing_header() -> Response:
    return FileResponse(ASSETS / "header.png", headers=KEPT)


@router.get("/thumbnail.png")
async def thumbnail() -> Response:
    return FileResponse(ASSETS / "thumbnail.png", headers=KEPT)


@router.get("/icons/{size}.png")
async def icon(size: Literal["48", "192", "512"]) -> Response:
    return FileResponse(ASSETS / f"icon-{size}.png", headers=KEPT)


async def _local(res: Resources, username: str) -> Account:
    account = await accounts.by_handle(res.db, username, None)
    if account is None or account.suspended_at is not None:
        raise NoSuchAccount
    return account


async def _public_status(res: Resources, owner: Account, status_id: int) -> Status:
    found = await reading.by_id(res.db, StatusId(status_id))
    if found is None or found.account_id != owner.id or found.visibility not in OPEN:
        raise NoSuchStatus
    return found


def _check_open(res: Resources) -> None:
    """Where federation is limited, only people of ours look, through their clients."""
    if res.settings.limited_federation:
        raise Unauthenticated


def _is_a_server(request: Request) -> bool:
    """Other servers ask pages for the object behind them."""
    return any(kind in request.headers.get("Accept", "") for kind in ACTIVITY)


def _elsewhere(uri: str) -> Response:
    return RedirectResponse(uri, 302, headers={"Vary": "Accept"})
