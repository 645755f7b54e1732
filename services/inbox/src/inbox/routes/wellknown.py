"""Where everything begins: WebFinger, host-meta, NodeInfo."""

import datetime as dt

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

from apcore import hostmeta, nodeinfo, webfinger
from apcore.handles import Handle
from chassis.errors import NotFound
from chassis.http import Json
from inbox.fetching.ours import account_named
from inbox.resources import VERSION, Res, Resources
from inbox.serving import ANYBODY, is_deleted
from social.federation.emoji import media_type_of
from social.server import store as server

router = APIRouter()

USAGE_SECONDS = 600


@router.get("/.well-known/webfinger")
async def finger(res: Res, resource: str = "") -> Response:
    if not resource:
        raise HTTPException(400, "Parameter resource is missing")
    account = await account_named(res, resource)
    if account is None:
        raise NotFound
    if await is_deleted(res, account):
        raise HTTPException(410, "Gone")
    avatar, interaction = account.avatar_key, res.addresses.interaction
    profile = webfinger.Profile(
        handle=Handle(account.username, res.addresses.domain),
        actor=account.uri,
        page=account.url or account.uri,
        avatar=res.addresses.file(avatar) if avatar else None,
        avatar_type=media_type_of(avatar),
        subscribe=f"{interaction}?uri={{uri}}",
        view=f"{interaction}?uri={{object}}",
    )
    return Json(webfinger.write(profile), headers=ANYBODY, media_type=webfinger.JRD_TYPE)


@router.get("/.well-known/host-meta")
async def host_meta(res: Res) -> Response:
    return Response(hostmeta.xrd(res.settings.url), headers=ANYBODY, media_type=f"{hostmeta.XRD_TYPE}; charset=utf-8")


@router.get("/.well-known/host-meta.json")
async def host_meta_json(res: Res) -> Response:
    return Json(hostmeta.jrd(res.settings.url), headers=ANYBODY)


@router.get("/.well-known/nodeinfo")
async def links(res: Res) -> Response:
    return Json(nodeinfo.links(res.settings.url), headers=ANYBODY)


@router.get("/nodeinfo/{version}")
async def node(version: str, res: Res) -> Response:
    if version not in nodeinfo.VERSIONS:
        raise NotFound
    usage = await res.cache.get("nodeinfo", USAGE_SECONDS, lambda: _describe(res))
    return Json(nodeinfo.document(version, usage), headers=ANYBODY, media_type=nodeinfo.media_type(version))


async def _describe(res: Resources) -> nodeinfo.Server:
    about = await server.about(res.db)
    totals = await server.totals(res.db, dt.datetime.now(dt.UTC))
    return nodeinfo.Server(
        software="murmuration",
        version=VERSION,
        name=about.title,
        description=about.short_description,
        open_registrations=about.registrations == "open",
        users=totals.users,
        active_month=totals.active_month,
        active_half_year=totals.active_halfyear,
        local_posts=totals.local_statuses,
    )
