"""SQL for custom emoji. One function, one statement."""

import datetime as dt
from collections.abc import Sequence

from chassis.db import Reader, Tx
from contracts.ids import Domain, EmojiId
from social.emojis.model import Emoji

COLUMNS = ", ".join(Emoji.__struct_fields__)


async def many(db: Reader, ids: Sequence[EmojiId]) -> dict[EmojiId, Emoji]:
    rows = await db.fetch(f"SELECT {COLUMNS} FROM social.custom_emojis WHERE id = ANY ($1::bigint[])", list(ids))
    return {row["id"]: Emoji(**row) for row in rows}


async def ours(db: Reader) -> list[Emoji]:
    """What our people can use."""
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM social.custom_emojis WHERE domain IS NULL AND NOT disabled ORDER BY category, shortcode"
    )
    return [Emoji(**row) for row in rows]


async def all_of_ours(db: Reader) -> list[Emoji]:
    """Those that nobody can use among them."""
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM social.custom_emojis WHERE domain IS NULL ORDER BY category, shortcode"
    )
    return [Emoji(**row) for row in rows]


async def new_id(tx: Tx) -> EmojiId:
    return EmojiId(await tx.fetchval("SELECT social.snowflake(clock_timestamp())"))


async def id_of_ours(db: Reader, shortcode: str) -> EmojiId | None:
    found: EmojiId | None = await db.fetchval(
        "SELECT id FROM social.custom_emojis WHERE domain IS NULL AND shortcode = $1", shortcode
    )
    return found


async def set_ours(
    tx: Tx, emoji_id: EmojiId, shortcode: str, image_key: str, static_key: str, category: str | None
) -> None:
    """Add one of ours, or give it a new picture; whoever shows it elsewhere learns that it is another."""
    await tx.execute(
        """
        INSERT INTO social.custom_emojis AS e (id, shortcode, image_key, static_key, category)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (shortcode, coalesce(domain, '')) DO UPDATE
        SET image_key = excluded.image_key, static_key = excluded.static_key,
            category = coalesce(excluded.category, e.category), disabled = false, updated_at = now()
        """,
        emoji_id,
        shortcode,
        image_key,
        static_key,
        category,
    )


async def set_disabled(tx: Tx, shortcode: str, *, disabled: bool) -> bool:
    """False if there is none of that name."""
    return bool(
        await tx.fetchval(
            """
            UPDATE social.custom_emojis SET disabled = $2 WHERE domain IS NULL AND shortcode = $1
            RETURNING true
            """,
            shortcode,
            disabled,
        )
    )


async def named(db: Reader, shortcodes: Sequence[str]) -> list[EmojiId]:
    """Ours of these names."""
    rows = await db.fetch(
        """
        SELECT id FROM social.custom_emojis
        WHERE domain IS NULL AND NOT disabled AND shortcode = ANY ($1::text[])
        ORDER BY shortcode
        """,
        list(shortcodes),
    )
    return [row["id"] for row in rows]


async def keep_remote(
    tx: Tx,
    domain: Domain,
    *,
    shortcodes: Sequence[str],
    uris: Sequence[str],
    images: Sequence[str],
    updated_at: Sequence[dt.datetime],
) -> None:
    """Note another server's emoji. An older picture loses to a newer one."""
    await tx.execute(
        """
        INSERT INTO social.custom_emojis AS e (shortcode, domain, uri, image_remote_url, updated_at)
        SELECT n.shortcode, $1, nullif(n.uri, ''), n.image, n.updated_at
        FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS n (shortcode, uri, image, updated_at)
        ORDER BY n.shortcode
        ON CONFLICT (shortcode, coalesce(domain, '')) DO UPDATE
        SET uri = excluded.uri, image_remote_url = excluded.image_remote_url, updated_at = excluded.updated_at,
            image_key = NULL, static_key = NULL
        WHERE e.updated_at < excluded.updated_at AND e.image_remote_url IS DISTINCT FROM excluded.image_remote_url
        """,
        domain,
        list(shortcodes),
        list(uris),
        list(images),
        list(updated_at),
    )


async def of_server(db: Reader, domain: Domain, shortcodes: Sequence[str]) -> list[EmojiId]:
    """Another server's emoji of these names that are not disabled here."""
    rows = await db.fetch(
        """
        SELECT id FROM social.custom_emojis
        WHERE domain = $1 AND shortcode = ANY ($2::text[]) AND NOT disabled
        ORDER BY shortcode
        """,
        domain,
        list(shortcodes),
    )
    return [row["id"] for row in rows]
