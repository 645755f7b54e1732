"""What is too old is given up, and what operators watch is measured."""

import datetime as dt

from delivery.metrics import EXPIRED, FORGOTTEN, HELD, HOSTS, OLDEST, RELAYS, SPREADING
from delivery.model import State
from delivery.resources import Resources
from delivery.store import bodies, hosts, overview, strands
from social.departures import store as departures
from social.relays import store as joined
from social.relays.model import STATES

AT_ONCE = 5000
LANES = (*State, "paused")
QUIET = dt.timedelta(days=30)
"""How long nothing was delivered to a host, or tried, before it is forgotten."""
MARGIN = dt.timedelta(days=1)
"""Between the deletion of an account and the planning of what is sent of it."""


async def expire(res: Resources) -> None:
    """Forget activities that nobody waits for any more; what is held of them goes along, counted."""
    before = res.clock() - dt.timedelta(days=res.settings.delivery_days)
    async with res.db.transaction() as tx:
        EXPIRED.inc(await bodies.expire(tx, before, AT_ONCE))


async def forget_hosts(res: Resources) -> None:
    """Anybody can name any number of hosts as their inboxes: what is known of them does not stay for ever."""
    now = res.clock()
    async with res.db.transaction() as tx:
        FORGOTTEN.inc(await hosts.forget(tx, quiet_since=now - QUIET, now=now, limit=AT_ONCE))


async def forget_keys(res: Resources) -> None:
    """Of accounts whose Delete went out to everybody, or was given up, wherever it had to go."""
    before = res.clock() - dt.timedelta(days=res.settings.delivery_days) - MARGIN
    async with res.db.transaction() as tx:
        await departures.remove_keys(tx, deleted_before=before)


async def measure(res: Resources) -> None:
    relays = await joined.totals(res.db)
    for state in STATES:
        RELAYS.labels(state).set(relays.get(state, 0))
    now = res.clock()
    states = await overview.states(res.db)
    lanes = {lane.lane: lane for lane in await overview.lanes(res.db)}
    for name in LANES:
        lane = lanes.get(name)
        HOSTS.labels(name).set(states.get(name, 0))
        HELD.labels(name).set(lane.held if lane else 0)
        OLDEST.labels(name).set((now - lane.oldest_held_at).total_seconds() if lane else 0)
    SPREADING.set(await strands.left(res.db))
