"""The server as it presents itself."""

import datetime as dt
import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends
from msgspec import UNSET

from api_gateway import about
from api_gateway.resources import Res
from chassis.clock import utc_now
from chassis.http import Json
from mastoapi import deprecated
from mastoapi.entities.instance import Activity, DomainBlock, ExtendedDescription
from mastoapi.entities.times import timestamp
from mastoapi.present.files import custom_emoji, is_shown
from mastoapi.viewer import Viewer, welcomes
from social.emojis import store as emojis
from social.errors import NoSuchRecord
from social.policies import store as policies
from social.policies.model import Policy
from social.server import store

router = APIRouter(prefix="/api", tags=["instance"])

MOST_PEERS = 10
# Since Mastodon 4.0 there is version 2.
OLD = deprecated.since(dt.date(2022, 11, 14))


@router.get("/v2/instance")
async def version_2(res: Res) -> Json:
    return Json(await about.version_2(res))


@router.get("/v1/instance")
async def version_1(res: Res) -> Json:
    return Json(await about.version_1(res), headers=OLD)


@router.get("/v1/instance/rules")
async def rules(res: Res) -> Json:
    return Json(about.rules_from(await store.rules(res.db)))


@router.get("/v1/instance/peers")
async def peers(res: Res) -> Json:
    """Whom we talk with is nobody's business where that is chosen."""
    if res.settings.limited_federation:
        raise NoSuchRecord
    return Json(await res.numbers.peers.get())


@router.get("/v1/peers/search")
async def peers_like(res: Res, q: str = "") -> Json:
    """Servers whose name begins so: clients complete a domain with them."""
    known = [] if res.settings.limited_federation else await res.numbers.peers.get()
    return Json([domain for domain in known if domain.startswith(q.lower())][:MOST_PEERS] if q else [])


@router.get("/v1/instance/activity")
async def activity(res: Res) -> Json:
    return Json(
        [
            Activity(
                week=str(int(week.starts_at.timestamp())),
                statuses=str(week.statuses),
                logins=str(week.logins),
                registrations=str(week.registrations),
            )
            for week in await res.numbers.weeks.get()
        ]
    )


@router.get("/v1/instance/extended_description")
async def extended_description(res: Res) -> Json:
    found = await store.about(res.db)
    return Json(ExtendedDescription(updated_at=timestamp(found.updated_at or utc_now()), content=found.description))


@router.get("/v1/instance/domain_blocks")
async def domain_blocks(viewer: Annotated[Viewer | None, Depends(welcomes())], res: Res) -> Json:
    shown = (await store.about(res.db)).show_domain_blocks
    if shown == "disabled" or (shown == "users" and viewer is None):
        raise NoSuchRecord
    return Json([_block(policy) for policy in await policies.public(res.db)])


@router.get("/v1/custom_emojis")
async def custom_emojis(res: Res) -> Json:
    return Json([custom_emoji(emoji, res.urls) for emoji in await emojis.ours(res.db) if is_shown(emoji)])


def _block(policy: Policy) -> DomainBlock:
    """An obfuscated name still tells those who know it that it is meant, by its digest."""
    name = str(policy.domain)
    return DomainBlock(
        domain=_obfuscated(name) if policy.obfuscate else name,
        digest=hashlib.sha256(name.encode()).hexdigest(),
        severity="suspend" if policy.severity == "suspend" else "silence",
        comment=policy.public_comment or UNSET,
    )


def _obfuscated(name: str) -> str:
    """The first and last quarter stay readable."""
    shown = len(name) // 4
    return "".join(c if c == "." or i < shown or i >= len(name) - shown else "*" for i, c in enumerate(name))
