"""Signing in and out, on pages of our own."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api_gateway.door import Known
from api_gateway.oauth import throttle
from api_gateway.oauth.forms import Pressing, Signing
from api_gateway.oauth.sign_in import PATH, address, check_form, page, person_with, safe_return, welcome
from api_gateway.resources import Res
from chassis.clock import utc_now

router = APIRouter(include_in_schema=False)

WRONG = "The e-mail address or the password is not right."
TOO_OFTEN = "There were too many attempts to sign in. Please wait some minutes and try again."
NOT_NOW = "You cannot sign in: this account is not confirmed, or it is disabled."


@router.get(PATH)
async def show(res: Res, visitor: Known, return_to: str = "") -> Response:
    return page(res.sign_in, visitor, "sign_in.html", return_to=safe_return(return_to), email="", error="")


@router.post(PATH)
async def sign_in(request: Request, res: Res, visitor: Known, form: Signing) -> Response:
    check_form(res.sign_in.sessions, visitor, form.form_token)
    email, return_to = form.email.strip(), safe_return(form.return_to)

    def refused(status: int, error: str) -> Response:
        values = {"return_to": return_to, "email": email, "error": error}
        return page(res.sign_in, visitor, "sign_in.html", status=status, **values)

    if not await throttle.may_sign_in(res.sign_in.meter, request.client.host if request.client else "", email):
        return refused(429, TOO_OFTEN)
    person = await person_with(res.sign_in, res.db, email, form.password)
    if person is None:
        return refused(401, WRONG)
    if not person.may_sign_in:
        return refused(403, NOT_NOW)
    return welcome(res.sign_in, person, return_to, utc_now())


@router.post("/auth/sign_out")
@router.delete("/auth/sign_out")
async def sign_out(res: Res, visitor: Known, form: Pressing) -> Response:
    check_form(res.sign_in.sessions, visitor, form.form_token)
    response = RedirectResponse(address(safe_return(form.return_to)), 303)
    res.sign_in.sessions.forget(response)
    return response
