"""From a delivery to a job: the steps before anybody is told 202."""

from collections.abc import Sequence

from apcore import jsonld, synchronization
from apcore.activities import Create, Delete, Update, Upon
from apcore.signatures.styles import Signature
from apcore.synchronization import Claim
from contracts.ids import Uri
from inbox.authorship import FORWARDABLE, Word
from inbox.jobs import Received, ReceivedAtLarge, ReceivedForUs, Refetch
from inbox.letters import Letter, concerns_people_here
from inbox.metrics import ACCEPTED
from inbox.refusals import refused
from inbox.resources import Resources
from social.accounts import store as accounts

LONGEST_ORIGINAL = 65_536
"""Of what is brought to others as it came."""


async def is_nothing_to_us(res: Resources, letter: Letter) -> bool:
    """Whether somebody unknown here says farewell. Their key may be gone with them, so nobody checks it."""
    if not letter.is_farewell or await accounts.by_uri(res.db, letter.actor) is not None:
        return False
    ACCEPTED.labels("ignored").inc()
    return True


def check_policy(res: Resources, letter: Letter) -> None:
    if res.policies.value.is_suspended(letter.host):
        raise refused("suspended", "This server does not talk with yours")


def check_pace(res: Resources, letter: Letter, word: Word, signatures: Sequence[Signature]) -> None:
    """Of whoever brought it, as was proven by now: a flood of one server shall not hold up the others."""
    bringer = jsonld.host_of(signatures[0].key_id) if word.is_brought else letter.host
    if not res.ingress.takes(bringer):
        raise refused("too_many", "You send more than this server can take: try again later")


def job_for(res: Resources, letter: Letter, word: Word, signatures: Sequence[Signature]) -> Received | Refetch | None:
    """What the worker gets, in the lane it belongs to; None for what has no effect."""
    if not word.is_authors:
        return _refetch(letter, word)
    is_near = concerns_people_here(letter, res.settings.url)
    ACCEPTED.labels("for_us" if is_near else "at_large").inc()
    kind = ReceivedForUs if is_near else ReceivedAtLarge
    return kind(
        document=word.document or letter.document,
        received_at=letter.received_at,
        inbox_of=None if word.is_brought else letter.inbox_of,
        has_new_key=word.has_new_key,
        brought_by=word.brought_by,
        followers=None if word.is_brought else _claim_in(letter, signatures),
        original=_original(res, letter),
    )


def _original(res: Resources, letter: Letter) -> str | None:
    """The document itself, if it may be worth bringing to others: it answers us, or may have done so."""
    body, activity = letter.request.body or b"", letter.activity
    if not (letter.is_sealed and isinstance(activity, FORWARDABLE)) or letter.is_farewell:
        return None
    answers_us = res.addresses.is_ours(jsonld.uri((activity.embedded or {}).get("inReplyTo")) or "")
    may_be = (answers_us or isinstance(activity, Delete)) and jsonld.same_host(activity.id, letter.actor)
    return body.decode() if may_be and len(body) <= LONGEST_ORIGINAL else None


def _claim_in(letter: Letter, signatures: Sequence[Signature]) -> Claim | None:
    """What the sender's server says of followers, if its signature covers that."""
    name = synchronization.HEADER.lower()
    if not all(name in signature.covered for signature in signatures):
        return None
    return synchronization.read(letter.request.headers.get(name, ""))


def _refetch(letter: Letter, word: Word) -> Refetch | None:
    """Nobody proved it: its object's own server is asked, where it can be."""
    activity = letter.activity
    # Of a changed profile the next activity of its owner's tells.
    is_asked = isinstance(activity, Delete) or (
        isinstance(activity, Create | Update) and activity.object != activity.actor
    )
    if not (is_asked and isinstance(activity, Upon) and jsonld.same_host(activity.object, activity.actor)):
        ACCEPTED.labels("ignored").inc()
        return None
    ACCEPTED.labels("refetched").inc()
    return Refetch(
        kind=type(activity).__name__,
        object=Uri(activity.object),
        actor=letter.actor,
        received_at=letter.received_at,
        brought_by=word.brought_by,
    )
