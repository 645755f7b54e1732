"""What a post says about quotes: what it quotes itself, and who may quote it. Read and written."""

from apcore import jsonld, objects
from apcore.context import PUBLIC
from apcore.objects import Note
from chassis.db import Reader
from contracts.ids import Uri
from social.accounts.model import Account
from social.federation.arrival import Arrival
from social.quotes import rules
from social.quotes.model import ACCEPTED, DELETED, Policy, Quote, Quoting
from social.statuses import reading
from social.statuses.model import Status


async def quoting_in(db: Reader, arrival: Arrival, note: Note) -> Quoting | None:
    """What the note quotes. A boost cannot be quoted, nor can a post quote itself."""
    said = note.quote
    if said is None or said.uri == note.id:
        return None
    quoted = await reading.by_uri(db, Uri(said.uri)) if said.uri else None
    if quoted is not None and quoted.reblog_of_id is not None:
        return None
    is_lost = quoted is None and arrival.addresses.is_ours(said.uri)
    # Consent is kept where the quoted author lives, and never with us: to ours we consented ourselves.
    consent = said.authorization if said.uri and jsonld.same_host(said.authorization or "", said.uri) else None
    return Quoting(
        uri=Uri(said.uri),
        status_id=quoted.id if quoted else None,
        account_id=quoted.account_id if quoted else None,
        is_local=quoted is not None and quoted.is_local,
        legacy=said.is_legacy,
        authorization=Uri(consent) if consent and not arrival.addresses.is_ours(consent) else None,
        is_gone=said.is_gone or is_lost,
    )


def policy_in(author: Account, note: Note) -> Policy:
    """Who may quote the note; nobody where it does not say."""
    return Policy(_keys(author, note.may_quote or ()), _keys(author, note.may_ask_to_quote))


def _keys(author: Account, uris: tuple[str, ...]) -> tuple[str, ...]:
    known = {PUBLIC: rules.PUBLIC, author.followers_url: rules.FOLLOWERS, author.following_url: rules.FOLLOWING}
    found = (known.get(uri, rules.UNSUPPORTED) for uri in uris if uri != author.uri)
    return tuple(dict.fromkeys(found))


def render(quote: Quote | None) -> objects.Quote | None:
    """What a post of ours quotes, with the consent as long as it stands."""
    if quote is None:
        return None
    if quote.state == DELETED or (quote.state == ACCEPTED and not quote.shows):
        return objects.Quote(uri=quote.quoted_uri, is_gone=True)
    return objects.Quote(uri=quote.quoted_uri, authorization=quote.approval_uri if quote.shows else None)


def render_policy(author: Account, status: Status) -> tuple[str, ...]:
    """Who may quote a post of ours; the author alone is how nobody is said."""
    uris = {rules.PUBLIC: PUBLIC, rules.FOLLOWERS: author.followers_url, rules.FOLLOWING: author.following_url}
    return tuple(uri for key in status.quote_automatic if (uri := uris.get(key))) or (author.uri,)
