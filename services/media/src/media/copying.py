"""Making our own pictures of another server's: nothing it sends reaches a browser as it came."""

from apcore.fetch import Fetcher
from media.images.model import AVATAR, HEADER, LARGEST_FILE
from media.images.process import Images
from media.intake import Made, kind_of, process
from media.storage.model import CACHED, new_key
from media.store.cached import Source

ACCEPT = "image/avif,image/webp,image/png,image/jpeg,image/gif,image/*;q=0.5"
WITHIN = 20.0

EMOJI = (160, 160)
SIZES: dict[str, dict[str, tuple[int, int] | None]] = {
    "attachment": {"original": None, "small": None},
    "account": {"avatar": AVATAR, "header": HEADER},
    "emoji": {"image": None, "static": EMOJI},
}


async def fetched(fetcher: Fetcher, images: Images, source: Source, variant: str) -> dict[str, Made]:
    """Our pictures of the source by variant, those that come of the same work together."""
    body = await fetcher.get_bytes(source.url, accept=ACCEPT, limit=LARGEST_FILE, seconds=WITHIN)
    kind = kind_of(body.content)
    size = SIZES[source.kind][variant]
    if size is not None:
        picture = await images.crop(kind, body.content, size, fit=source.kind == "emoji")
        return {variant: Made(key=new_key(CACHED, picture.extension), content=picture.content)}
    processed = await process(images, kind, body.content, folder=CACHED)
    if source.kind == "emoji":
        return {variant: processed.original}
    return {"original": processed.original, "small": processed.small}
