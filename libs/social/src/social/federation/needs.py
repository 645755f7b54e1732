"""What has to be fetched before an activity can be received. Pure: the network is somebody else's."""

import msgspec

from apcore import jsonld
from apcore.activities import Activity, Add, Announce, Create, Move, QuoteRequest, Update
from apcore.actors import is_actor
from contracts.ids import Uri
from social.addresses import Addresses
from social.federation.announce import boosted_by

MAX_MENTIONED = 20
"""People who are fetched because a post names them; further ones stay unknown."""


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    actors: tuple[Uri, ...] = ()
    """People to know; the activity does without those who cannot be fetched."""
    statuses: tuple[Uri, ...] = ()
    """Posts that the activity is about."""
    successor: Uri | None = None
    """Whom the author says to be from now on: what that one says of it is read anew, whatever we know."""
    profile: bool = False
    """Whether the author's own profile has changed."""


def needs_of(activity: Activity, addresses: Addresses, featured: str | None = None) -> Needs:  # noqa: PLR0911  # one line a class
    """`featured` is where the author's pinned posts are, if that is known."""
    match activity:
        case Add() if activity.object and activity.target == featured:
            own = jsonld.same_host(activity.object, activity.actor) and not addresses.is_ours(activity.object)
            return Needs(statuses=(Uri(activity.object),) if own else ())
        case Announce():
            boosted = boosted_by(activity)
            if addresses.is_ours(boosted) or _is_own(activity):
                return Needs()
            return Needs(statuses=(boosted,))
        case Create() | Update() if note := activity.note:
            named = [mention.href for mention in note.mentions if not addresses.is_ours(mention.href)]
            return Needs(actors=tuple(Uri(href) for href in named[:MAX_MENTIONED] if href != activity.actor))
        case Move() if activity.object == activity.actor and activity.target:
            return Needs(successor=None if addresses.is_ours(activity.target) else Uri(activity.target))
        case QuoteRequest() if _must_fetch(activity, addresses):
            return Needs(statuses=(Uri(activity.instrument),))
        case Create() if activity.embedded is None and jsonld.same_host(activity.object, activity.actor):
            return Needs(statuses=(Uri(activity.object),))
        case Update():
            embedded = activity.embedded
            named_self = activity.object == activity.actor
            return Needs(profile=named_self and (embedded is None or is_actor(embedded)))
        case _:
            return Needs()


def _must_fetch(request: QuoteRequest, addresses: Addresses) -> bool:
    """Whether the post that wants to quote ours is only named."""
    return (
        request.embedded_instrument is None
        and addresses.is_ours(request.object)
        and jsonld.same_host(request.instrument, request.actor)
    )


def parent_of(activity: Activity, addresses: Addresses) -> Uri | None:
    """The post elsewhere that the activity's post answers."""
    note = activity.note if isinstance(activity, Create | Update) else None
    if note is None or note.in_reply_to is None or addresses.is_ours(note.in_reply_to):
        return None
    return Uri(note.in_reply_to)


def _is_own(announce: Announce) -> bool:
    """Whether it inlines a post of the booster's own, which nobody could fetch."""
    embedded = announce.embedded
    return embedded is not None and jsonld.web_uri(embedded.get("attributedTo")) == announce.actor
