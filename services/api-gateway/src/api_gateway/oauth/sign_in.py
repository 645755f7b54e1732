"""What signing in needs while we run, and who stands at the door."""

import datetime as dt
from urllib.parse import urlencode

import msgspec
from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from redis.asyncio import Redis

from api_gateway.oauth.errors import Refusal
from api_gateway.oauth.pages import Pages
from api_gateway.oauth.session import Session, Sessions
from chassis.clock import utc_now
from chassis.db import Reader
from chassis.settings import Settings
from mastoapi.limits import Meter
from social.users import store
from social.users.model import Credentials
from social.users.passwords import Passwords

PATH = "/auth/sign_in"
HOME = "/oauth/authorized_applications"

STALE_FORM = "This form is no longer valid. Please go back, reload the page and try again."


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """One per process."""

    sessions: Sessions
    meter: Meter
    passwords: Passwords
    pages: Pages


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """A browser, and the person who has signed in with it, if any still may."""

    session: Session
    person: Credentials | None


def prepared(settings: Settings, redis: Redis) -> SignIn:
    return SignIn(
        sessions=Sessions(settings.secret_key, secure=settings.url.startswith("https:")),
        meter=Meter(redis, settings.rate_limit_factor),
        passwords=Passwords(),
        pages=Pages(settings.domain),
    )


async def visitor_of(request: Request, db: Reader, sessions: Sessions) -> Visitor:
    now = utc_now()
    session = sessions.read(request.cookies.get(sessions.cookie), now)
    if session is None or session.account_id is None:
        return Visitor(session=session or sessions.anonymous(now), person=None)
    person = await store.credentials_of(db, session.account_id)
    known = person is not None and person.may_sign_in and sessions.is_of(session, person)
    return Visitor(session=session, person=person if known else None)


def check_form(sessions: Sessions, visitor: Visitor, form_token: str) -> None:
    """Refuse a form that another site sent."""
    if not sessions.is_form_token(visitor.session, form_token):
        raise Refusal("invalid_request", STALE_FORM, status=403)


async def person_with(sign_in: SignIn, db: Reader, email: str, password: str) -> Credentials | None:
    """Who has that e-mail address and password. It takes as long when nobody has."""
    person = await store.credentials_by_email(db, email)
    right = await sign_in.passwords.is_right(password, person.password_hash if person else None)
    return person if right else None


def page(
    sign_in: SignIn,
    visitor: Visitor,
    name: str,
    *,
    status: int = 200,
    leads_to: str = "",
    **values: object,
) -> HTMLResponse:
    """A page with the visitor's cookie and form token."""
    known = {
        "form_token": sign_in.sessions.form_token(visitor.session),
        "person": visitor.person,
        **values,
    }
    response = sign_in.pages.render(name, known, status=status, leads_to=leads_to)
    sign_in.sessions.write(response, visitor.session, utc_now())
    return response


def welcome(sign_in: SignIn, person: Credentials, return_to: str, now: dt.datetime) -> Response:
    response = RedirectResponse(safe_return(return_to), 303)
    sign_in.sessions.write(response, sign_in.sessions.signed_in(person, now), now)
    return response


def address(return_to: str) -> str:
    return f"{PATH}?{urlencode({'return_to': return_to})}"


def safe_return(return_to: str) -> str:
    """Only ever to a page of OAuth here: nobody is sent to a stranger after signing in."""
    path = return_to.partition("?")[0]
    safe = path.startswith("/oauth/") and return_to.isprintable() and "\\" not in return_to and ".." not in path
    return return_to if safe else HOME
