"""Our custom emoji as objects."""

from fastapi import APIRouter, Response

from apcore.objects.write import write_emoji_document
from chassis.errors import NotFound
from contracts.ids import EmojiId
from inbox.resources import Res
from inbox.serving import Activity, Number
from inbox.visitors import Guest
from social.emojis import store as emojis
from social.federation import emoji as rendering

router = APIRouter()


@router.get("/emojis/{emoji_id}")
async def emoji(emoji_id: Number, res: Res, visitor: Guest) -> Response:
    known = (await emojis.many(res.db, [EmojiId(emoji_id)])).get(EmojiId(emoji_id))
    if known is None or known.domain is not None or known.disabled:
        raise NotFound
    [shown] = rendering.render(res.addresses, [known]) or (None,)
    if shown is None:
        raise NotFound
    return Activity(write_emoji_document(shown), headers=visitor.headers)
