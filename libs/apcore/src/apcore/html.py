"""HTML from strangers, reduced to what Mastodon keeps; and its text."""

from collections.abc import Iterable
from typing import Final

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

LONGEST: Final = 1_048_576
DEEPEST: Final = 200
TAGS: Final = frozenset(
    "p br span a abbr del s pre blockquote code b strong u sub sup i em h1 h2 h3 h4 h5 "
    "ul ol li ruby rt rp".split()
)
ATTRIBUTES: Final = {
    "*": {"lang"},
    "a": {"href", "class", "title", "translate"},
    "abbr": {"title"},
    "span": {"class", "translate"},
    "p": {"class"},
    "ol": {"start", "reversed"},
    "li": {"value"},
    "blockquote": {"cite"},
}
CLASSES: Final = frozenset({"mention", "hashtag", "ellipsis", "invisible", "quote-inline"})
MICROFORMATS: Final = ("h-", "p-", "u-", "dt-", "e-")
SCHEMES: Final = frozenset(
    "http https dat dweb ipfs ipns ssb gopher xmpp magnet gemini".split()
)


def sanitise(html: str) -> str:
    """The HTML with only the elements, attributes, classes and schemes that are safe and meant."""
    html = html[:LONGEST].replace("\0", "")
    if "<" not in html and "&" not in html:
        return html.replace(">", "&gt;")
    if "<img" in html.lower() or "<math" in html.lower():
        html = _replace_pictures(html)
    return _cleaner().clean(html)


def text_of(html: str) -> str:
    """What a reader sees, paragraphs and line breaks kept as line breaks."""
    body = LexborHTMLParser(html[:LONGEST].replace("\0", "")).body
    if body is None:
        return ""
    for line_break in body.css("br"):
        line_break.insert_after("\n")
    for block in body.css("p, blockquote, pre, li, h1, h2, h3, h4, h5"):
        block.insert_after("\n\n" if block.tag != "li" else "\n")
    lines = (line.strip() for line in body.text(deep=True, separator="").splitlines())
    return _squeezed(lines)
