"""Add and Remove: what an account shows at the head of its profile, posts and hashtags."""

import datetime as dt

from apcore import jsonld
from apcore.activities import Add, Remove
from apcore.context import PUBLIC
from apcore.jsonld import Json
from apcore.objects import Hashtag, tags
from apcore.objects.write import write_hashtag
from chassis.db import Tx
from contracts.ids import Uri
from social.accounts.model import Account
from social.featured_tags import store as featured_tags
from social.federation.outcome import Outcome
from social.statuses import marks, reading
from social.statuses.model import OPEN
from social.statuses.text import TAG_NAME
from social.tags import actions as known_tags

MOST = 10
"""Of each kind, of one account."""


async def receive(tx: Tx, actor: Account, said: Add | Remove) -> Outcome:
    """Of one's own collections alone. Others, as of moderators or of a thread, mean nothing to us."""
    if not said.target or said.target not in (actor.featured_url, actor.featured_tags_url):
        return Outcome.UNSUPPORTED
    if is_hashtag(said.embedded):
        return await _receive_tag(tx, actor, said)
    status = await reading.by_uri(tx, Uri(said.object))
    if status is None:
        return Outcome.UNKNOWN_OBJECT
    if status.account_id != actor.id:
        return Outcome.NOT_OWNER
    if status.reblog_of_id is not None or status.visibility not in OPEN:
        return Outcome.NOT_ALLOWED
    change = marks.add_pin if isinstance(said, Add) else marks.remove_pin
    return Outcome.DONE if await change(tx, actor.id, status.id) else Outcome.REPEATED


async def _receive_tag(tx: Tx, actor: Account, said: Add | Remove) -> Outcome:
    names = names_in((said.embedded,))
    if not names:
        return Outcome.UNREADABLE
    [name] = names
    tag = await known_tags.known(tx, name)
    if isinstance(said, Remove):
        gone = await featured_tags.remove_tag(tx, actor.id, tag.id)
        return Outcome.DONE if gone is not None else Outcome.REPEATED
    if await featured_tags.count_of(tx, actor.id) >= MOST:
        return Outcome.NOT_ALLOWED
    _, is_new = await featured_tags.add(tx, actor.id, tag.id, name)
    return Outcome.DONE if is_new else Outcome.REPEATED


def is_hashtag(document: Json | None) -> bool:
    return document is not None and jsonld.type_of(document) == "Hashtag"


def names_in(items: object) -> list[str]:
    """The hashtags among the items, as they are spelled there."""
    found = [item for item in items if isinstance(item, dict)] if isinstance(items, tuple) else []
    return [tag.name for tag in tags.hashtags(found) if TAG_NAME.fullmatch(tag.name)][:MOST]


def render_pin(account: Account, status: Uri, at: dt.datetime) -> Add:
    return Add(**_said(account, f"{status}#pins/{_number(at)}"), object=status)


def render_unpin(account: Account, status: Uri, at: dt.datetime) -> Remove:
    return Remove(**_said(account, f"{status}#unpins/{_number(at)}"), object=status)


def render_feature(account: Account, tag: Hashtag, at: dt.datetime) -> Add:
    return Add(**_said(account, f"{account.uri}#features/{tag.name}/{_number(at)}"), embedded=write_hashtag(tag))


def render_unfeature(account: Account, tag: Hashtag, at: dt.datetime) -> Remove:
    return Remove(**_said(account, f"{account.uri}#unfeatures/{tag.name}/{_number(at)}"), embedded=write_hashtag(tag))


def _said(account: Account, identity: str) -> Json:
    # Mastodon names the collection of posts as the target for hashtags, too.
    return {"id": identity, "actor": account.uri, "to": (PUBLIC,), "target": account.featured_url or account.uri}


def _number(at: dt.datetime) -> int:
    return int(at.timestamp() * 1_000_000)
