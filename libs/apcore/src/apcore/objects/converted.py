"""Articles, pages, films, sounds, pictures and events, read as the posts that they become."""

from typing import Final

from apcore import html, jsonld
from apcore.jsonld import Json
from apcore.objects import tags
from apcore.objects.model import Attachment

PLAYED: Final = ("video", "audio", "image")
TALLEST: Final = 720
"""Of a film that comes in several sizes, the largest up to this height is shown."""


def body_of(title: str, summary: str, content: str, link: str) -> str:
    """Title, body and link, to be sanitised. A summary is shown where there is no body: else it repeats it."""
    heading = f"<h2>{html.escape(title)}</h2>" if title else ""
    address = html.escape(link)
    return f'{heading}{content or summary}<p><a href="{address}">{address}</a></p>'


def medium_of(document: Json) -> tuple[Attachment, ...]:
    """The film, sound or picture that the object is, where its `url` says so."""
    links = [link for item in jsonld.objects(document.get("url")) for link in (item, *_within(item))]
    played = [link for link in links if tags.media_type_of(link).partition("/")[0] in PLAYED]
    found = tags.attachments([{"url": link.get("href") or link.get("url")} | _said(link) for link in played])
    if not found:
        return ()
    best = max(found, key=lambda file: (file.media_type == "video/mp4", _size(file)))
    icon = picture_of(document)
    return (
        Attachment(
            url=best.url,
            type=jsonld.type_of(document),
            media_type=best.media_type,
            width=best.width,
            height=best.height,
            duration=tags.duration(document.get("duration")),
            preview_url=icon[0].url if icon else None,
        ),
    )


def picture_of(document: Json) -> tuple[Attachment, ...]:
    """PeerTube and Lemmy show their thumbnail in `icon` or `image`."""
    icons = jsonld.objects(document.get("icon")) or jsonld.objects(document.get("image"))
    largest = sorted(icons, key=lambda icon: -(jsonld.integer(icon.get("width")) or 0))
    return tags.attachments(largest[:1])


def _within(link: Json) -> list[Json]:
    """PeerTube lists the files that a stream is made of in its `tag`."""
    return jsonld.objects(link.get("tag"))


def _said(link: Json) -> Json:
    return {term: link.get(term) for term in ("mediaType", "width", "height")}


def _size(file: Attachment) -> int:
    """Larger is better, up to a point."""
    height = file.height or 0
    return height if height <= TALLEST else -height
