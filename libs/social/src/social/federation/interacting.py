"""What a post says about who may answer, like and announce it (as GoToSocial does). Read and written."""

from collections.abc import Iterable, Iterator
from typing import Final

from apcore.context import PUBLIC
from apcore.objects import Approvers, Note
from contracts.ids import Uri
from social.accounts.model import Account
from social.addresses import Addresses
from social.interactions import rules
from social.interactions.rules import AUTOMATIC, MANUAL, Act, InteractionPolicy

MOST_NAMED: Final = 50
"""Groups and accounts in one list; further ones are not kept."""


def policy_in(addresses: Addresses, author: Account, note: Note) -> InteractionPolicy | None:
    """None where everybody may do everything. Of the accounts named ours are kept: others are not held to it here."""
    said = ((Act.REPLY, note.may_reply), (Act.FAVOURITE, note.may_like), (Act.REBLOG, note.may_announce))
    policy = {
        act.value: {AUTOMATIC: _keys(addresses, author, who.automatic), MANUAL: _keys(addresses, author, who.manual)}
        for act, who in said
        if who is not None and PUBLIC not in who.automatic
    }
    return policy or None


def _keys(addresses: Addresses, author: Account, uris: tuple[str, ...]) -> list[str]:
    known = {PUBLIC: rules.PUBLIC, author.followers_url: rules.FOLLOWERS, author.following_url: rules.FOLLOWING}
    kept = (known.get(uri, uri) for uri in uris if uri in known or addresses.is_ours(uri))
    return list(dict.fromkeys(kept))[:MOST_NAMED]


def render(author: Account, policy: InteractionPolicy | None, act: Act, mentioned: Iterable[Uri]) -> Approvers | None:
    """What our author said of the act; None if nothing. Nobody is said by naming the author alone."""
    said = (policy or {}).get(act.value)
    if said is None:
        return None
    named = tuple(mentioned)
    automatic, manual = (tuple(_uris(author, said.get(how, ()), named)) for how in (AUTOMATIC, MANUAL))
    return Approvers(automatic=automatic or (author.uri,), manual=manual)


def _uris(author: Account, keys: Iterable[str], mentioned: tuple[Uri, ...]) -> Iterator[str]:
    groups = {rules.PUBLIC: PUBLIC, rules.FOLLOWERS: author.followers_url, rules.FOLLOWING: author.following_url}
    for key in keys:
        if key == rules.MENTIONED:
            yield from mentioned
        elif uri := groups.get(key, key):
            yield uri
