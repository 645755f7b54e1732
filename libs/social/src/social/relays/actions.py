"""What an operator does with relays."""

from apcore.context import PUBLIC
from chassis.db import Tx
from contracts.events import RelayJoined, RelayLeft
from contracts.ids import Uri
from social.addresses import Addresses
from social.relays import store
from social.relays.model import IDLE, Relay


async def join(tx: Tx, addresses: Addresses, inbox_url: str, actor: Uri | None = None) -> Relay | None:
    """Ask a relay for everybody's posts, or with `actor` for what that one announces; None if it is known already."""
    follow = await _follow(tx, addresses)
    relay = await store.add(tx, inbox_url, actor, actor or Uri(PUBLIC), follow)
    if relay is not None:
        tx.emit(RelayJoined(relay_id=relay.id))
    return relay


async def ask_again(tx: Tx, addresses: Addresses, relay: Relay) -> None:
    await store.set_asked(tx, relay.id, await _follow(tx, addresses))
    tx.emit(RelayJoined(relay_id=relay.id))


async def leave(tx: Tx, relay: Relay) -> None:
    """Send nothing there any more, and take nothing. Doing it twice is the same as doing it once."""
    if relay.state != IDLE:
        await store.set_state(tx, relay.id, IDLE)
        tx.emit(RelayLeft(inbox_url=relay.inbox_url, follow_uri=relay.follow_uri, follows=relay.follows))


async def remove(tx: Tx, relay: Relay) -> None:
    await leave(tx, relay)
    await store.remove(tx, relay.id)


async def _follow(tx: Tx, addresses: Addresses) -> Uri:
    """Another one each time: an answer to a former one counts no more."""
    return Uri(f"{addresses.instance_actor}#follows/{await store.new_follow_number(tx)}")
