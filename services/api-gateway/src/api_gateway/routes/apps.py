"""Apps: clients that register here."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api_gateway.oauth import registration, throttle
from api_gateway.oauth.forms import Registering
from api_gateway.resources import Res
from chassis.errors import NotFound
from chassis.http import Json
from mastoapi.viewer import accepts
from social.oauth import actions, store
from social.oauth.model import Bearer

router = APIRouter(prefix="/api/v1/apps", tags=["apps"])


@router.post("")
async def register(request: Request, res: Res, asked: Registering) -> Json:
    wanted = registration.read(asked)
    if not await throttle.may_register(res.sign_in.meter, request.client.host if request.client else ""):
        raise throttle.TooManyRegistrations
    async with res.db.transaction() as tx:
        app, secret = await actions.register(
            tx,
            name=wanted.name,
            website=wanted.website,
            redirect_uris=wanted.redirect_uris,
            scopes=wanted.scopes,
        )
    return Json(registration.rendered_with_secret(app, secret, await res.vapid.get()))


@router.get("/verify_credentials")
async def verify_credentials(res: Res, bearer: Annotated[Bearer, Depends(accepts())]) -> Json:
    app = await store.app_by_id(res.db, bearer.token.app_id) if bearer.token.app_id else None
    if app is None:
        raise NotFound
    return Json(registration.rendered(app, await res.vapid.get()))
