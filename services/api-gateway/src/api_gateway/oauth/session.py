"""The sign-in cookie: signed, not encrypted, and worth nothing once the password changes."""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import secrets

import msgspec
from fastapi import Response
from pydantic import SecretStr

from contracts.ids import AccountId
from social.users.model import Credentials

LIFETIME = dt.timedelta(days=14)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser, and who has signed in with it. `seal` ties it to the password of then."""

    id: str
    expires_at: int
    account_id: AccountId | None = None
    seal: str = ""


class Sessions:
    """Reads and writes the cookie with the server's secret key."""

    def __init__(self, secret_key: SecretStr, *, secure: bool) -> None:
        self._key = hmac.digest(secret_key.get_secret_value().encode(), b"murmuration session", "sha256")
        self._secure = secure
        # A cookie with this prefix can be set neither by a neighbouring subdomain nor without TLS.
        self.cookie = "__Host-murmuration" if secure else "murmuration"

    def anonymous(self, now: dt.datetime) -> Session:
        return Session(id=secrets.token_urlsafe(16), expires_at=int((now + LIFETIME).timestamp()))

    def signed_in(self, person: Credentials, now: dt.datetime) -> Session:
        """A new session with a new id, so that an id fixed by a stranger gains nothing."""
        return msgspec.structs.replace(self.anonymous(now), account_id=person.account_id, seal=self._seal(person))

    def is_of(self, session: Session, person: Credentials) -> bool:
        return session.account_id == person.account_id and hmac.compare_digest(session.seal, self._seal(person))

    def read(self, cookie: str | None, now: dt.datetime) -> Session | None:
        """None for whatever we did not sign, or no longer honour."""
        body, _, signature = (cookie or "").partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature("cookie", body).encode()):
            return None
        try:
            session = msgspec.json.decode(base64.urlsafe_b64decode(body + "=="), type=Session)
        except (msgspec.DecodeError, binascii.Error):
            return None
        return session if session.expires_at > now.timestamp() else None

    def write(self, response: Response, session: Session, now: dt.datetime) -> None:
        body = _text_of(msgspec.json.encode(session))
        response.set_cookie(
            self.cookie,
            f"{body}.{self._signature('cookie', body)}",
            max_age=session.expires_at - int(now.timestamp()),
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def forget(self, response: Response) -> None:
        response.delete_cookie(self.cookie, secure=self._secure, httponly=True, samesite="lax")

    def form_token(self, session: Session) -> str:
        """What proves that a form was ours: no other site can know it."""
        return self._signature("form", session.id)

    def is_form_token(self, session: Session, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.form_token(session).encode())

    def _seal(self, person: Credentials) -> str:
        return self._signature("seal", person.password_hash)

    def _signature(self, purpose: str, text: str) -> str:
        digest = hmac.digest(self._key, f"{purpose} {text}".encode(), hashlib.sha256)
        return _text_of(digest)


def _text_of(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
