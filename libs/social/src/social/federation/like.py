"""Like, with or without an emoji: a favourite, and perhaps a reaction."""

from apcore.activities import EmojiReact, Like
from chassis.db import Tx
from contracts.ids import EmojiId, Uri
from social.accounts.model import Account
from social.federation.arrival import Arrival
from social.federation.draft import emojis_of
from social.federation.outcome import Outcome
from social.federation.standing import reach_of
from social.interactions.actions import NotWanted
from social.reactions import actions
from social.reactions.model import name_in
from social.statuses.model import OPEN, Status


async def receive(tx: Tx, arrival: Arrival, actor: Account, like: Like) -> Outcome:
    """Only our own posts are counted."""
    if not arrival.addresses.is_ours(like.object):
        return Outcome.NOT_OURS
    reach = await reach_of(tx, Uri(like.object), actor, Uri(like.id), arrival.at)
    if reach.is_undone:
        return Outcome.UNDONE
    if isinstance(like, EmojiReact) and reaction_in(like) is None:
        return Outcome.UNREADABLE
    if reach.status is None:
        return Outcome.UNKNOWN_OBJECT
    if not reach.is_open:
        # A stranger learns nothing about a post that they cannot see.
        return Outcome.NOT_ALLOWED if reach.status.visibility in OPEN else Outcome.UNKNOWN_OBJECT
    return await _take(tx, arrival, actor, reach.status, like)


async def _take(tx: Tx, arrival: Arrival, actor: Account, status: Status, like: Like) -> Outcome:
    name = reaction_in(like)
    try:
        if name is None:
            await actions.like(tx, actor, status, Uri(like.id) if like.id else None)
        else:
            emoji_id = await _emoji_of(tx, arrival, actor, like, name)
            await actions.react(tx, actor, status, name, emoji_id, Uri(like.id) or _made_up(like, name))
    except NotWanted:
        return Outcome.NOT_ALLOWED
    return Outcome.DONE


def reaction_in(like: Like) -> str | None:
    """The emoji it carries; a Like with content that is none is a Like."""
    return name_in(like.content, {emoji.shortcode for emoji in like.emojis}) if like.content else None


def _made_up(like: Like, name: str) -> Uri:
    return Uri(f"{like.actor}#reactions/{name}/{like.object}")


async def _emoji_of(tx: Tx, arrival: Arrival, actor: Account, like: Like, name: str) -> EmojiId | None:
    """The custom emoji of that name, as its server shows it."""
    shown = tuple(emoji for emoji in like.emojis if emoji.shortcode.partition("@")[0] == name)
    found = await emojis_of(tx, arrival, actor.domain, shown[:1])
    return found[0] if found else None


def render(uri: Uri, actor: Uri, status: Uri) -> Like:
    return Like(id=uri, actor=actor, object=status)
