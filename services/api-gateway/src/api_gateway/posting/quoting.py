"""What a post of ours quotes, and who may quote it."""

import msgspec

from api_gateway.posting.words import Words
from chassis.db import Reader, Tx
from chassis.errors import Forbidden, NotFound
from contracts.ids import AccountId, StatusId
from social.errors import ValidationFailed
from social.quotes import actions, rules, store
from social.quotes.model import Quoting
from social.statuses import reading
from social.statuses.model import DIRECT, OPEN, Draft, Status
from social.statuses.text import quote_inline


class NothingToQuote(NotFound):
    """The post you are trying to quote does not appear to exist."""


class MayNotQuote(Forbidden):
    """You are not authorized to quote this post."""


async def with_quote(tx: Tx, draft: Draft, words: Words, author: AccountId) -> Draft:
    """The draft of a new post with what it quotes and who may quote it."""
    if words.quotes is not None:
        draft = _quoting(draft, await quotable(tx, words.quotes, author), author)
    policy = rules.policy_for(words.quote_policy or "nobody", draft.visibility)
    return msgspec.structs.replace(draft, quote_policy=policy)


async def with_same_quote(db: Reader, draft: Draft, status: Status) -> Draft:
    """An edit goes on quoting what the post quotes."""
    known = await store.of_status(db, status.id)
    if known is None or known.quoted_status_id is None:
        return draft
    quoted = await reading.by_id(db, known.quoted_status_id)
    return _introduced(draft, quoted) if quoted else draft


async def quotable(tx: Tx, status_id: StatusId, author: AccountId) -> Status:
    """The status, if the author may see and quote it. Whoever quotes a boost quotes what it boosts."""
    quoted = await reading.visible_to(tx, status_id, author)
    if quoted is not None and quoted.reblog_of_id is not None:
        quoted = await reading.visible_to(tx, quoted.reblog_of_id, author)
    if quoted is None:
        raise NothingToQuote
    if await actions.approval_of(tx, quoted.id, author) == "denied":
        raise MayNotQuote
    return quoted


def _quoting(draft: Draft, quoted: Status, author: AccountId) -> Draft:
    is_own = quoted.account_id == author
    if draft.visibility == DIRECT and not is_own and quoted.account_id not in draft.mentions:
        raise ValidationFailed("Cannot quote a non-mentioned user in a Private Mention post.")
    visibility = rules.visibility_of_quote(draft.visibility, quoted.visibility)
    # Whoever is quoted shall be able to read it.
    unnamed = visibility not in OPEN and not is_own and quoted.account_id not in draft.mentions
    return msgspec.structs.replace(
        _introduced(draft, quoted),
        visibility=visibility,
        silent_mentions=(*draft.silent_mentions, *([quoted.account_id] if unnamed else [])),
        quoting=Quoting(uri=quoted.uri, status_id=quoted.id, account_id=quoted.account_id, is_local=quoted.is_local),
    )


def _introduced(draft: Draft, quoted: Status) -> Draft:
    """With a link before the words, for apps and servers that know no quotes."""
    link = quoted.url or quoted.uri
    return (
        draft if link in draft.content else msgspec.structs.replace(draft, content=quote_inline(link) + draft.content)
    )
