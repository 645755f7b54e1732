"""Access tokens: handed out and taken back (RFC 6749, 4.1.3 and 4.4; RFC 7009)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api_gateway.oauth import exchange
from api_gateway.oauth.clients import authenticated
from api_gateway.oauth.errors import NO_STORE, OAuthError
from api_gateway.oauth.forms import FromApp
from api_gateway.resources import Res
from chassis.clock import utc_now
from chassis.http import Json
from mastoapi.viewer import accepts
from social.oauth import actions, store
from social.oauth.model import Bearer, hash_of

router = APIRouter(tags=["oauth"])


@router.post("/oauth/token")
async def token(request: Request, res: Res, asked: FromApp) -> Response:
    app = await authenticated(res.db, request, asked)
    match asked.grant_type:
        case "authorization_code":
            async with res.db.transaction() as tx:
                grant = await exchange.take(tx, app, asked, utc_now())
            # The code is used up by now, whether or not the answer to it is right.
            entitled = exchange.checked(grant, asked)
        case "client_credentials":
            entitled = exchange.for_itself(app, asked)
        case _:
            raise OAuthError("unsupported_grant_type")
    async with res.db.transaction() as tx:
        issued, value = await actions.issue(tx, app_id=app.id, account_id=entitled.account_id, scopes=entitled.scopes)
    return Json(exchange.rendered(issued, value), headers=NO_STORE)


@router.post("/oauth/revoke")
async def revoke(request: Request, res: Res, asked: FromApp) -> Response:
    try:
        app = await authenticated(res.db, request, asked)
    except OAuthError as error:
        # doorkeeper's answer, which clients know.
        raise OAuthError("unauthorized_client") from error
    async with res.db.transaction() as tx:
        found = await store.token_by_hash(tx, hash_of(asked.token))
        if found and found.app_id != app.id:
            raise OAuthError("unauthorized_client")
        if found:
            await actions.revoke(tx, found)
    if found and found.account_id:
        res.tokens.forget(found.account_id)
    return Json({}, headers=NO_STORE)


@router.post("/oauth/introspect")
async def introspect(request: Request, res: Res, asked: FromApp) -> Response:
    app = await authenticated(res.db, request, asked)
    found = await store.token_by_hash(res.db, hash_of(asked.token))
    return Json(exchange.introspected(found, app), headers=NO_STORE)


@router.get("/oauth/token/info")
async def token_info(res: Res, bearer: Annotated[Bearer, Depends(accepts())]) -> Response:
    app = await store.app_by_id(res.db, bearer.token.app_id) if bearer.token.app_id else None
    return Json(exchange.informed(bearer.token, app), headers=NO_STORE)
