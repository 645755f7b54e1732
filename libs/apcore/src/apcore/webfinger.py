"""WebFinger: from a handle to an actor, and from an actor to the handle it may carry."""

from typing import Final
from urllib.parse import quote

import msgspec

from apcore import hostmeta, jsonld
from apcore.fetch import Fetcher, FetchRefused
from apcore.fetch.exchange import is_activity_type
from apcore.handles import Handle, parse
from apcore.jsonld import Json

JRD_TYPE: Final = "application/jrd+json; charset=utf-8"
ACCEPT: Final = "application/jrd+json, application/json"
PROFILE_PAGE: Final = "http://webfinger.net/rel/profile-page"
AVATAR: Final = "http://webfinger.net/rel/avatar"
SUBSCRIBE: Final = "http://ostatus.org/schema/1.0/subscribe"
INTENT: Final = "https://w3id.org/fep/3b86/"
HOST_META_BYTES: Final = 65_536
NOT_FOUND: Final = 404


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A handle as its own host spells it, and the actor it belongs to."""

    handle: Handle
    actor: str


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What we answer about one of our own."""

    handle: Handle
    actor: str
    page: str
    avatar: str | None = None
    avatar_type: str = ""
    subscribe: str | None = None  # A template with `{uri}`.
    create: str | None = None  # A template with `{content}` (FEP-3b86).
    view: str | None = None  # A template with `{object}` (FEP-3b86).


def write(profile: Profile) -> Json:
    """The JRD."""
    links: list[Json] = [
        {"rel": PROFILE_PAGE, "type": "text/html", "href": profile.page},
        {"rel": "self", "type": "application/activity+json", "href": profile.actor},
    ]
    for rel, template in (
        (SUBSCRIBE, profile.subscribe),
        (f"{INTENT}Create", profile.create),
        (f"{INTENT}Object", profile.view),
    ):
        if template:
            links.append({"rel": rel, "template": template})
    if profile.avatar:
        links.append({"rel": AVATAR, "type": profile.avatar_type, "href": profile.avatar})
    return {
        "subject": profile.handle.acct,
        "aliases": [profile.page, profile.actor],
        "links": links,
    }


async def lookup(fetcher: Fetcher, handle: Handle, *, seconds: float | None = None) -> Found:
    """The actor behind the handle. A host that names another is believed once, if that one agrees."""
    answer = await _ask(fetcher, handle, seconds)
    subject = _subject(answer) or handle
    if _same(subject, handle):
        return Found(handle=subject, actor=_self_link(answer))
    answer = await _ask(fetcher, subject, seconds)
    if not _same(_subject(answer) or subject, subject):
        raise FetchRefused("webfinger loop")
    return Found(handle=subject, actor=_self_link(answer))


async def confirm(fetcher: Fetcher, actor: str, handle: Handle, *, seconds: float | None = None) -> Handle:
    """The handle that the actor may carry: the handle's own host has to point back at the actor."""
    found = await lookup(fetcher, handle, seconds=seconds)
    if found.actor != actor:
        raise FetchRefused("webfinger mismatch")
    return found.handle


async def _ask(fetcher: Fetcher, handle: Handle, seconds: float | None) -> Json:
    if handle.host is None:
        raise FetchRefused("webfinger without host")
    resource = quote(handle.acct, safe="")
    url = f"https://{handle.host}/.well-known/webfinger?resource={resource}"
    try:
        return await fetcher.get_json(url, accept=ACCEPT, seconds=seconds)
    except FetchRefused as error:
        if error.status != NOT_FOUND:
            raise
    template = await _template(fetcher, handle.host, seconds)
    return await fetcher.get_json(template.replace("{uri}", resource), accept=ACCEPT, seconds=seconds)


async def _template(fetcher: Fetcher, host: str, seconds: float | None) -> str:
    body = await fetcher.get_bytes(
        f"https://{host}/.well-known/host-meta",
        accept=hostmeta.XRD_TYPE,
        limit=HOST_META_BYTES,
        seconds=seconds,
    )
    template = hostmeta.lrdd_template(body.content)
    if template is None:
        raise FetchRefused("host-meta")
    return template


def _subject(answer: Json) -> Handle | None:
    handle = parse(jsonld.text(answer.get("subject")) or "")
    return handle if handle and handle.host else None


def _self_link(answer: Json) -> str:
    for link in jsonld.objects(answer.get("links")):
        if link.get("rel") == "self" and is_activity_type(jsonld.text(link.get("type")) or ""):
            address = jsonld.web_uri(link.get("href"))
            if address is not None:
                return address
    raise FetchRefused("webfinger without self")


def _same(first: Handle, second: Handle) -> bool:
    return str(first).casefold() == str(second).casefold()
