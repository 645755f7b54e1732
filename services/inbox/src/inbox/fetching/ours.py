"""What is ours, by any name that somebody may call it."""

import re
from urllib.parse import urlsplit

from apcore import handles
from chassis.errors import NotFound
from contracts.ids import AccountId, StatusId, Uri
from inbox.resources import Resources
from social.accounts import store as accounts
from social.accounts.model import INSTANCE_ACTOR, Account
from social.statuses import reading
from social.statuses.model import Status

PROFILE = re.compile(r"/@(?P<username>[A-Za-z0-9_.-]+)/?")
PAGE = re.compile(r"/@(?P<username>[A-Za-z0-9_.-]+)/(?P<id>\d{1,19})/?")
ACTOR = re.compile(r"/(?:ap/users/(?P<id>\d{1,19})|users/(?P<username>[A-Za-z0-9_.-]+))/?")


async def account_named(res: Resources, resource: str) -> Account | None:
    """An account of ours: by handle, actor address or profile page."""
    if resource.startswith(("https://", "http://")):
        return await account_at(res, resource)
    handle = handles.parse(resource)
    if handle is None or handle.host not in _our_hosts(res):
        return None
    account = await accounts.by_handle(res.db, handle.username, None)
    return account or await _instance_actor_named(res, handle.username)


async def account_at(res: Resources, url: str) -> Account | None:
    if url.rstrip("/") in (res.settings.url, res.addresses.instance_actor):
        return await accounts.by_id(res.db, INSTANCE_ACTOR)
    if not res.addresses.is_ours(url):
        return None
    path = url.removeprefix(res.settings.url)
    match = ACTOR.fullmatch(path) or PROFILE.fullmatch(path)
    if match is None:
        return None
    if username := match["username"]:
        return await accounts.by_handle(res.db, username, None)
    account = await accounts.by_id(res.db, _number(match["id"]))
    return account if account is not None and account.is_local else None


async def status_at(res: Resources, url: str) -> Status | None:
    """A post of ours by its id or its page; also another server's post by the page that it has here."""
    match = PAGE.fullmatch(url.removeprefix(res.settings.url))
    if match is None:
        return await reading.by_uri(res.db, Uri(url))
    return await reading.by_id(res.db, StatusId(_number(match["id"])))


async def _instance_actor_named(res: Resources, username: str) -> Account | None:
    actor = await accounts.by_id(res.db, INSTANCE_ACTOR)
    return actor if actor is not None and actor.username.lower() == username.lower() else None


def _our_hosts(res: Resources) -> set[str | None]:
    return {res.addresses.domain.lower(), urlsplit(res.settings.url).netloc.lower()}


def _number(digits: str) -> AccountId:
    number = int(digits)
    if number >= 2**63:
        raise NotFound
    return AccountId(number)
