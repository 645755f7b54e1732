"""What an Update brings that writes nothing anew: numbers, who may do what with the post, consent to what it quotes."""

from apcore.objects import Note
from chassis.db import Tx
from social.accounts.model import Account
from social.federation import interacting, poll
from social.federation.arrival import Arrival
from social.federation.quoting import policy_in, quoting_in
from social.interactions import store as interactions
from social.quotes import actions as quotes
from social.quotes.store import of_status
from social.statuses.model import Status


async def refresh(tx: Tx, arrival: Arrival, author: Account, known: Status, note: Note) -> bool:
    """False if nothing is new."""
    voted = await poll.refresh(tx, arrival, known, note)
    counts = await counted(tx, known, note)
    # Votes only grow; of the rest an older Update that comes late knows less than we do.
    if known.edited_at is not None and (note.updated is None or note.updated < known.edited_at):
        return voted or counts
    permits = await quotes.set_policy(tx, author, known, policy_in(author, note), arrival.at)
    acts = interacting.policy_in(arrival.addresses, author, note)
    permits = await interactions.set_policy(tx, known.id, acts) or permits
    return await _consent(tx, arrival, known, note) or permits or counts or voted


async def counted(tx: Tx, known: Status, note: Note) -> bool:
    """Take over how often its own server says that it is liked and boosted."""
    if note.likes_count is None and note.shares_count is None:
        return False
    return await interactions.set_counts_elsewhere(tx, known.id, favourites=note.likes_count, reblogs=note.shares_count)


async def _consent(tx: Tx, arrival: Arrival, known: Status, note: Note) -> bool:
    brought = await quoting_in(tx, arrival, note)
    quote = await of_status(tx, known.id) if brought is not None else None
    return brought is not None and quote is not None and await quotes.take_consent(tx, quote, brought)
