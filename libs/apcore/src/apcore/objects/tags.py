"""The parts of a post that stand in `tag` and `attachment`, read."""

from typing import Final

from apcore import jsonld
from apcore.jsonld import Json
from apcore.objects.model import Attachment, Emoji, Hashtag, Mention

MAX_TAGS: Final = 256
MAX_ATTACHMENTS: Final = 16
LONGEST_SHORTCODE: Final = 2048
LONGEST_DESCRIPTION: Final = 10_000
LONGEST_BLURHASH: Final = 4 + 2 * 5 * 5 + 2  # Five components each way.
LONGEST_TAG: Final = 255


def mentions(tag: object) -> tuple[Mention, ...]:
    found = (
        Mention(href=href, name=jsonld.text(item.get("name"), 512) or "")
        for item in _of_type(tag, "Mention")
        if (href := jsonld.web_uri(item.get("href")))
    )
    return tuple({mention.href: mention for mention in found}.values())


def hashtags(tag: object) -> tuple[Hashtag, ...]:
    found = (
        Hashtag(name=name, href=jsonld.web_uri(item.get("href")) or "")
        for item in _of_type(tag, "Hashtag")
        if (name := (jsonld.text(item.get("name")) or "").lstrip("#").strip()) and len(name) <= LONGEST_TAG
    )
    return tuple({hashtag.name.casefold(): hashtag for hashtag in found}.values())


def emojis(tag: object) -> tuple[Emoji, ...]:
    found = (emoji for item in _of_type(tag, "Emoji") if (emoji := _emoji(item)))
    return tuple({emoji.shortcode: emoji for emoji in found}.values())


def quoted(tag: object) -> str | None:
    """What a post quotes by a link among its tags (FEP-e232)."""
    for item in _of_type(tag, "Link"):
        means_quote = any("quote" in str(rel).lower() for rel in jsonld.many(item.get("rel")))
        if means_quote and (href := jsonld.web_uri(item.get("href"))):
            return href
    return None


def _emoji(item: Json) -> Emoji | None:
    shortcode = (jsonld.text(item.get("name")) or "").strip(":")
    url, media_type = picture(item.get("icon"))
    if not 0 < len(shortcode.encode()) <= LONGEST_SHORTCODE or url is None:
        return None
    return Emoji(
        shortcode=shortcode,
        url=url,
        id=jsonld.web_uri(item.get("id")) or "",
        media_type=media_type,
        updated=jsonld.moment(item.get("updated")),
    )


def _of_type(tag: object, kind: str) -> list[Json]:
    return [item for item in jsonld.objects(tag) if jsonld.type_of(item) == kind][:MAX_TAGS]


def picture(value: object) -> tuple[str | None, str]:
    """The address and media type of an icon or image: an object, an array or a bare address."""
    first = jsonld.one(value)
    if isinstance(first, dict):
        return link(first.get("url") or first.get("href"), media_type_of(first))
    return link(first)


def link(value: object, media_type: str = "") -> tuple[str | None, str]:
    """The first usable address among strings and Link objects, with its media type."""
    for item in jsonld.many(value):
        target = item.get("href") if isinstance(item, dict) else item
        if address := jsonld.web_uri(target):
            own = media_type_of(item) if isinstance(item, dict) else ""
            return address, own or media_type
    return None, media_type


def attachments(value: object) -> tuple[Attachment, ...]:
    found = (_attachment(item) for item in jsonld.objects(value))
    return tuple(item for item in found if item)[:MAX_ATTACHMENTS]


def _attachment(item: Json) -> Attachment | None:
    url, media_type = link(item.get("url"), media_type_of(item))
    if url is None:
        return None
    blurhash = jsonld.text(item.get("blurhash"))
    name = jsonld.text(item.get("summary")) or jsonld.text(item.get("name")) or ""
    return Attachment(
        url=url,
        type=jsonld.type_of(item) or "Document",
        media_type=media_type,
        name=name[:LONGEST_DESCRIPTION],
        blurhash=blurhash if blurhash and len(blurhash) <= LONGEST_BLURHASH else None,
        focal_point=_focal_point(item.get("focalPoint")),
        width=jsonld.integer(item.get("width")),
        height=jsonld.integer(item.get("height")),
        duration=duration(item.get("duration")),
        preview_url=picture(item.get("icon"))[0],
    )


def media_type_of(item: Json) -> str:
    return (jsonld.text(item.get("mediaType"), 128) or "").lower()


def _focal_point(value: object) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != len(("x", "y")):
        return None
    x, y = jsonld.number(value[0]), jsonld.number(value[1])
    if x is None or y is None or not (-1 <= x <= 1 and -1 <= y <= 1):
        return None
    return x, y


def duration(value: object) -> float | None:
    """Seconds, from a number or from the form `PT1H2M3.5S`."""
    if (seconds := jsonld.number(value)) is not None:
        return seconds if 0 <= seconds < float(2**31) else None
    written = (jsonld.text(value) or "").upper()
    if not written.startswith("PT") or len(written) > LONGEST_TAG:
        return None
    total, digits = 0.0, ""
    for char in written[2:]:
        if char in "0123456789.":
            digits += char
        elif char in "HMS" and digits.count(".") <= 1 and digits.strip("."):
            total += float(digits) * {"H": 3600, "M": 60, "S": 1}[char]
            digits = ""
        else:
            return None
    return total if total < float(2**31) else None
