"""What other servers may do, in a moderator's hands."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from chassis.db import Reader, Tx
from chassis.http import Json
from mastoapi.pagination import answer, paged
from mastoapi.params import PathId, params
from mastoapi.viewer import Viewer
from moderation import audit
from moderation.door import moderator
from moderation.jobs import CutFollows
from moderation.present import admin_domain_block
from moderation.resources import Db
from social.errors import NoSuchRecord, ValidationFailed
from social.paging import Page
from social.policies import actions, store
from social.policies.actions import Wish
from social.policies.model import SUSPEND, Policy

router = APIRouter(prefix="/api/v1/admin/domain_blocks")

READING = [Depends(moderator("admin:read:domain_blocks"))]
Acting = Annotated[Viewer, Depends(moderator("admin:write:domain_blocks"))]


class NewPolicy(Wish, frozen=True, kw_only=True):
    domain: str = ""


@router.get("", dependencies=READING)
async def listed(request: Request, db: Db, page: Annotated[Page, Depends(paged(100, 200))]) -> Response:
    policies = await store.page_of(db, page)
    return answer(request, page, [admin_domain_block(p) for p in policies], [p.id for p in policies])


@router.get("/{policy_id}", dependencies=READING)
async def show(policy_id: PathId, db: Db) -> Response:
    return Json(admin_domain_block(await _found(db, policy_id)))


@router.post("")
async def create(request: Request, viewer: Acting, db: Db) -> Response:
    wish = await params(request, NewPolicy)
    async with db.transaction() as tx:
        policy = await actions.create(tx, actions.as_domain(wish.domain), wish)
        if policy is None:
            raise ValidationFailed("Domain has already been taken")
        await _applied(tx, viewer, "create", policy)
    return Json(admin_domain_block(policy))


@router.put("/{policy_id}")
async def change(policy_id: PathId, request: Request, viewer: Acting, db: Db) -> Response:
    wish = await params(request, Wish)
    async with db.transaction() as tx:
        policy = await actions.change(tx, await _found(tx, policy_id), wish)
        await _applied(tx, viewer, "change", policy)
    return Json(admin_domain_block(policy))


@router.delete("/{policy_id}")
async def remove(policy_id: PathId, viewer: Acting, db: Db) -> Response:
    async with db.transaction() as tx:
        policy = await _found(tx, policy_id)
        await actions.remove(tx, policy)
        await audit.about_policy(tx, viewer, "remove", policy)
    return Json({})


async def _applied(tx: Tx, moderator: Viewer, action: str, policy: Policy) -> None:
    await audit.about_policy(tx, moderator, action, policy)
    if policy.severity == SUSPEND:
        tx.enqueue(CutFollows(domain=policy.domain))


async def _found(db: Reader, policy_id: int) -> Policy:
    policy = await store.by_id(db, policy_id)
    if policy is None:
        raise NoSuchRecord
    return policy
