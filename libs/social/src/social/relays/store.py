"""SQL for relays. One function, one statement."""

from chassis.db import Reader, Tx
from contracts.ids import RelayId, Uri
from social.relays.model import Relay

COLUMNS = ", ".join(Relay.__struct_fields__)


async def everything(db: Reader) -> list[Relay]:
    rows = await db.fetch(f"SELECT {COLUMNS} FROM social.relays ORDER BY id")
    return [Relay(**row) for row in rows]


async def by_id(db: Reader, relay_id: RelayId) -> Relay | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.relays WHERE id = $1", relay_id)
    return Relay(**row) if row else None


async def by_address(db: Reader, address: str) -> Relay | None:
    """By its inbox or its actor."""
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.relays WHERE inbox_url = $1 OR actor_uri = $1", address)
    return Relay(**row) if row else None


async def by_follow(db: Reader, uri: Uri) -> Relay | None:
    row = await db.fetchrow(f"SELECT {COLUMNS} FROM social.relays WHERE follow_uri = $1", uri)
    return Relay(**row) if row else None


async def accepted_inboxes(db: Reader) -> list[str]:
    rows = await db.fetch("SELECT inbox_url FROM social.relays WHERE state = 'accepted' ORDER BY id")
    return [row["inbox_url"] for row in rows]


async def is_accepted(db: Reader, actor: Uri) -> bool:
    """Whether this is the actor of a relay that brings us posts."""
    return bool(
        await db.fetchval(
            "SELECT EXISTS (SELECT FROM social.relays WHERE actor_uri = $1 AND state = 'accepted')", actor
        )
    )


async def totals(db: Reader) -> dict[str, int]:
    """How many there are, by state."""
    rows = await db.fetch("SELECT state, count(*) AS number FROM social.relays GROUP BY state")
    return {row["state"]: row["number"] for row in rows}


async def new_follow_number(tx: Tx) -> int:
    number: int = await tx.fetchval("SELECT social.snowflake(now())")
    return number


async def add(tx: Tx, inbox_url: str, actor_uri: Uri | None, follows: Uri, follow_uri: Uri) -> Relay | None:
    """None if it is there."""
    row = await tx.fetchrow(
        f"""
        INSERT INTO social.relays (inbox_url, actor_uri, follows, follow_uri, state) VALUES ($1, $2, $3, $4, 'pending')
        ON CONFLICT DO NOTHING
        RETURNING {COLUMNS}
        """,
        inbox_url,
        actor_uri,
        follows,
        follow_uri,
    )
    return Relay(**row) if row else None


async def set_asked(tx: Tx, relay_id: RelayId, follow_uri: Uri) -> None:
    await tx.execute("UPDATE social.relays SET follow_uri = $2, state = 'pending' WHERE id = $1", relay_id, follow_uri)


async def set_state(tx: Tx, relay_id: RelayId, state: str) -> None:
    await tx.execute("UPDATE social.relays SET state = $2 WHERE id = $1", relay_id, state)


async def set_answer(tx: Tx, relay_id: RelayId, state: str, actor_uri: Uri) -> None:
    await tx.execute("UPDATE social.relays SET state = $2, actor_uri = $3 WHERE id = $1", relay_id, state, actor_uri)


async def remove(tx: Tx, relay_id: RelayId) -> None:
    await tx.execute("DELETE FROM social.relays WHERE id = $1", relay_id)
