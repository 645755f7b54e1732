"""Making a custom emoji of ours."""

from chassis.db import Tx
from contracts.ids import EmojiId
from social.emojis import store
from social.emojis.text import is_shortcode
from social.errors import ValidationFailed


async def id_for(tx: Tx, shortcode: str) -> EmojiId:
    """The id of ours of that name, or a new one."""
    if not is_shortcode(shortcode):
        raise ValidationFailed("Shortcode must be 2 to 100 letters without accents, digits and underscores")
    return await store.id_of_ours(tx, shortcode) or await store.new_id(tx)
