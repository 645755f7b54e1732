"""SQL for custom emoji. One function, one statement."""

from collections.abc import Sequence

from chassis.db import Reader
from contracts.ids import EmojiId
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
