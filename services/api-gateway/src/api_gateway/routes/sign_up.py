"""Joining by an app: an account, and the app's token for it."""

from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Request

from apcore import keys
from api_gateway import sign_up
from api_gateway.oauth import exchange
from api_gateway.resources import Res
from chassis.clock import utc_now
from chassis.errors import Forbidden
from chassis.http import Json
from mastoapi.params import params
from mastoapi.viewer import accepts
from social.oauth import actions as oauth
from social.oauth import store as apps
from social.oauth.model import Bearer
from social.server import store as server

router = APIRouter(prefix="/api/v1/accounts", tags=["accounts"])


class NeedsApp(Forbidden):
    """This method requires an client credentials authentication"""  # noqa: D404  # Mastodon's words


@router.post("")
async def join(request: Request, bearer: Annotated[Bearer, Depends(accepts("write:accounts"))], res: Res) -> Json:
    app = await apps.app_by_id(res.db, bearer.token.app_id) if bearer.token.app_id else None
    if bearer.account is not None or app is None:
        raise NeedsApp
    asked, about = await params(request, sign_up.Asked), await server.about(res.db)
    await sign_up.check(res.db, asked, about, utc_now().date())
    password_hash = await res.sign_in.passwords.hash(asked.password)
    pair = await anyio.to_thread.run_sync(keys.generate)
    async with res.db.transaction() as tx:
        account = await sign_up.create(tx, res.addresses, asked, about, password_hash, pair, utc_now())
        token, value = await oauth.issue(tx, app_id=app.id, account_id=account.id, scopes=app.scopes)
    return Json(exchange.rendered(token, value))
