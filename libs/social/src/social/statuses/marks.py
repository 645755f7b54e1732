"""SQL for what people do with a status without a word: favourites, bookmarks, pins, mutes of its conversation."""

from chassis.db import Reader, Tx
from contracts.ids import AccountId, FavouriteId, StatusId, Uri


async def new_favourite_id(tx: Tx) -> FavouriteId:
    return FavouriteId(await tx.fetchval("SELECT social.snowflake(clock_timestamp())"))


async def add_favourite(tx: Tx, status_id: StatusId, account_id: AccountId, uri: Uri) -> bool:
    """Record the favourite; False if it was there already."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO social.favourites (status_id, account_id, uri) VALUES ($1, $2, $3)
            ON CONFLICT DO NOTHING
            RETURNING true
            """,
            status_id,
            account_id,
            uri,
        )
    )


async def remove_favourite(tx: Tx, status_id: StatusId, account_id: AccountId) -> Uri | None:
    """The favourite's URI; None if there was none."""
    uri: Uri | None = await tx.fetchval(
        "DELETE FROM social.favourites WHERE status_id = $1 AND account_id = $2 RETURNING uri",
        status_id,
        account_id,
    )
    return uri


async def favourite_uri(db: Reader, status_id: StatusId, account_id: AccountId) -> Uri | None:
    uri: Uri | None = await db.fetchval(
        "SELECT uri FROM social.favourites WHERE status_id = $1 AND account_id = $2", status_id, account_id
    )
    return uri


async def set_favourite_uri(tx: Tx, status_id: StatusId, account_id: AccountId, uri: Uri) -> None:
    """Another act of the same account stands for the favourite from now on."""
    await tx.execute(
        "UPDATE social.favourites SET uri = $3 WHERE status_id = $1 AND account_id = $2", status_id, account_id, uri
    )


async def add_bookmark(tx: Tx, account_id: AccountId, status_id: StatusId) -> None:
    await tx.execute(
        "INSERT INTO social.bookmarks (account_id, status_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        account_id,
        status_id,
    )


async def remove_bookmark(tx: Tx, account_id: AccountId, status_id: StatusId) -> None:
    await tx.execute("DELETE FROM social.bookmarks WHERE account_id = $1 AND status_id = $2", account_id, status_id)


async def add_pin(tx: Tx, account_id: AccountId, status_id: StatusId) -> bool:
    """False if it was there already."""
    return bool(
        await tx.fetchval(
            """
            INSERT INTO social.status_pins (account_id, status_id) VALUES ($1, $2)
            ON CONFLICT DO NOTHING
            RETURNING true
            """,
            account_id,
            status_id,
        )
    )


async def remove_pin(tx: Tx, account_id: AccountId, status_id: StatusId) -> bool:
    """False if there was none."""
    return bool(
        await tx.fetchval(
            "DELETE FROM social.status_pins WHERE account_id = $1 AND status_id = $2 RETURNING true",
            account_id,
            status_id,
        )
    )


async def add_conversation_mute(tx: Tx, account_id: AccountId, conversation_id: int) -> None:
    await tx.execute(
        "INSERT INTO social.conversation_mutes (account_id, conversation_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        account_id,
        conversation_id,
    )


async def remove_conversation_mute(tx: Tx, account_id: AccountId, conversation_id: int) -> None:
    await tx.execute(
        "DELETE FROM social.conversation_mutes WHERE account_id = $1 AND conversation_id = $2",
        account_id,
        conversation_id,
    )
