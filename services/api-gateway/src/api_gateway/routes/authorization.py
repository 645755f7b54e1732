"""Letting an app in: the consent page, and its answer to the app (RFC 6749, 4.1)."""

import re
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from msgspec.structs import replace

from api_gateway.door import Known
from api_gateway.oauth import authorization, consent
from api_gateway.oauth.errors import Refusal
from api_gateway.oauth.forms import Asking, Consenting, Pressing
from api_gateway.oauth.sign_in import HOME, address, check_form, page
from api_gateway.resources import Res
from chassis.clock import utc_now
from chassis.errors import NotFound
from contracts.ids import AppId
from mastoapi.params import PathId
from social.oauth import actions, store

router = APIRouter(include_in_schema=False)

PATH = "/oauth/authorize"
CODE = re.compile(r"[A-Za-z0-9_-]{43}")


@router.get(PATH)
async def ask(res: Res, visitor: Known, wanted: Asking) -> Response:
    asked = authorization.judge(wanted, await store.app_by_client_id(res.db, wanted.client_id))
    if visitor.person is None or wanted.wants_fresh_sign_in:
        return RedirectResponse(address(f"{PATH}?{urlencode(wanted.parameters())}"), 303)
    values = consent.values(wanted, asked, f"{PATH}?{urlencode(wanted.parameters())}")
    return page(res.sign_in, visitor, "consent.html", leads_to=asked.redirect_uri, **values)


@router.post(PATH)
async def answer(res: Res, visitor: Known, wanted: Consenting) -> Response:
    check_form(res.sign_in.sessions, visitor, wanted.form_token)
    asked = authorization.judge(wanted, await store.app_by_client_id(res.db, wanted.client_id))
    if visitor.person is None:
        return RedirectResponse(address(f"{PATH}?{urlencode(wanted.parameters())}"), 303)
    if wanted.is_denial:
        raise consent.denied(asked)
    async with res.db.transaction() as tx:
        code = await actions.consent(tx, consent.grant(asked, visitor.person.account_id), utc_now())
    return RedirectResponse(consent.answered(asked, code), 303)


@router.delete(PATH)
async def deny(res: Res, visitor: Known, wanted: Consenting) -> Response:
    return await answer(res, visitor, replace(wanted, method="delete"))


@router.get(f"{PATH}/native")
async def show_code(res: Res, visitor: Known, code: str = "") -> Response:
    # Nothing but a code of ours: the page must not say what a stranger put into the address.
    if not CODE.fullmatch(code):
        raise Refusal("invalid_request", "This is no code of ours.", status=404)
    return page(res.sign_in, visitor, "code.html", code=code)


@router.get(HOME)
async def allowed_apps(res: Res, visitor: Known) -> Response:
    if visitor.person is None:
        return RedirectResponse(address(HOME), 303)
    found = await store.authorizations_of(res.db, visitor.person.account_id)
    return page(res.sign_in, visitor, "apps.html", authorizations=found)


@router.post(f"{HOME}/{{app_id}}")
@router.delete(f"{HOME}/{{app_id}}")
async def disallow(app_id: PathId, res: Res, visitor: Known, form: Pressing) -> Response:
    check_form(res.sign_in.sessions, visitor, form.form_token)
    if visitor.person is None:
        raise NotFound
    async with res.db.transaction() as tx:
        await actions.revoke_app(tx, visitor.person.account_id, AppId(app_id))
    res.tokens.forget(visitor.person.account_id)
    return RedirectResponse(HOME, 303)
