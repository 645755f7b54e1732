"""The push subscription of the token that asks: an app has one of its own and sees no other."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api_gateway import pushing
from api_gateway.resources import Res, Resources
from chassis.errors import Unavailable
from chassis.http import Json
from mastoapi.params import params
from mastoapi.viewer import Viewer, requires, secret_of
from social.errors import NoSuchRecord
from social.push import store

router = APIRouter(prefix="/api/v1/push/subscription", tags=["push"])

PushViewer = Annotated[Viewer, Depends(requires("push"))]


@router.post("")
async def subscribe(request: Request, viewer: PushViewer, res: Res) -> Json:
    asked = await params(request, pushing.Asked)
    wanted = pushing.read(asked, secret_of(request) or "", res.settings.secret_key.get_secret_value())
    server_key = await _server_key(res)
    async with res.db.transaction() as tx:
        subscription = await store.set_of_token(tx, viewer.token_id, viewer.id, wanted)
    return Json(pushing.rendered(subscription, server_key))


@router.get("")
async def subscription(viewer: PushViewer, res: Res) -> Json:
    found = await store.of_token(res.db, viewer.token_id)
    if found is None:
        raise NoSuchRecord
    return Json(pushing.rendered(found, await _server_key(res)))


@router.put("")
async def change(request: Request, viewer: PushViewer, res: Res) -> Json:
    data = (await params(request, pushing.Asked)).data
    alerts, policy = pushing.alerts_in(data), pushing.policy_in(data)
    async with res.db.transaction() as tx:
        changed = await store.set_wishes(tx, viewer.token_id, policy=policy, alerts=alerts)
    if changed is None:
        raise NoSuchRecord
    return Json(pushing.rendered(changed, await _server_key(res)))


@router.delete("")
async def unsubscribe(viewer: PushViewer, res: Res) -> Json:
    async with res.db.transaction() as tx:
        await store.remove_of_token(tx, viewer.token_id)
    return Json({})


async def _server_key(res: Resources) -> str:
    """Timeline makes it when it first starts."""
    key = await res.vapid.get()
    if not key:
        raise Unavailable
    return key
