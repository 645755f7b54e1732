"""HTML from strangers, reduced to what Mastodon keeps; and its text."""

import re
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

LONGEST: Final = 1_048_576
DEEPEST: Final = 256
# They have no end, or end where the next of their kind begins.
FLAT: Final = frozenset({"br", "img", "hr", "wbr", "input", "p", "li", "dt", "dd"})
_TAG: Final = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)?[^<>]*>?")
MOST_FORMULAS: Final = 32  # Nested ones cost the square of their number.
TAGS: Final = frozenset(
    [
        "p",
        "br",
        "span",
        "a",
        "abbr",
        "del",
        "s",
        "pre",
        "blockquote",
        "code",
        "b",
        "strong",
        "u",
        "sub",
        "sup",
        "i",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "ul",
        "ol",
        "li",
        "ruby",
        "rt",
        "rp",
    ]
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
    ["http", "https", "dat", "dweb", "ipfs", "ipns", "ssb", "gopher", "xmpp", "magnet", "gemini"]
)


def sanitise(html: str) -> str:
    """The HTML with only the elements, attributes, classes and schemes that are safe and meant."""
    html = html[:LONGEST].replace("\0", "")
    if "<" not in html and "&" not in html:
        return html.replace(">", "&gt;")
    if _is_too_deep(html):
        return escape(_TAG.sub("", html))
    if "<img" in html.lower() or "<math" in html.lower():
        html = _replace_pictures(html)
    return _CLEANER.clean(html)


def text_of(html: str) -> str:
    """What a reader sees; paragraphs and line breaks are kept as line breaks."""
    body = LexborHTMLParser(html[:LONGEST].replace("\0", "")).body
    if body is None:
        return ""
    for hidden in body.css("script, style, template, noscript"):
        hidden.decompose()
    for line_break in body.css("br"):
        line_break.insert_after("\n")
    for block in body.css("p, blockquote, pre, ul, ol, h1, h2, h3, h4, h5, div"):
        block.insert_after("\n\n")
    for item in body.css("li"):
        item.insert_after("\n")
    lines = "\n".join(line.strip() for line in body.text(separator="").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def escape(text: str) -> str:
    """Plain text as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _is_too_deep(html: str) -> bool:
    """Whether elements lie within each other further than anybody writes. Parsing costs the square of that."""
    open_now: Counter[str] = Counter()
    depth = 0
    for tag in _TAG.finditer(html):
        name = (tag["name"] or "").lower()
        step = 0 if not name or name in FLAT else 1 if not tag["end"] else -min(open_now[name], 1)
        open_now[name] += step
        depth += step
        if depth > DEEPEST:
            return True
    return False


def _attribute(element: str, name: str, value: str) -> str | None:
    if name == "class":
        kept = [word for word in value.split() if _is_kept_class(word)]
        return " ".join(kept) or None
    if name == "translate":
        return value if value in ("yes", "no") else None
    # The scheme is read by nh3 as browsers do; an address without a host is of no use to anyone.
    if name == "href" and element == "a" and value.lower().startswith("http"):
        return value if _has_host(value) else None
    return value


def _is_kept_class(word: str) -> bool:
    return word in CLASSES or word.startswith(MICROFORMATS)


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).netloc)
    except ValueError:
        return False


def _replace_pictures(html: str) -> str:
    """Pictures become links to them, formulas their annotation (FEP-dc88)."""
    body = LexborHTMLParser(html).body
    if body is None:
        return ""
    formulas = body.css("math")
    for formula in formulas if len(formulas) <= MOST_FORMULAS else ():
        formula.replace_with(_formula(formula))
    for picture in body.css("img"):
        _link_picture(picture)
    return body.inner_html or ""


def _formula(node: LexborNode) -> str:
    for annotation in node.css("annotation"):
        written = annotation.text(deep=True).strip()
        match annotation.attributes.get("encoding"):
            case "application/x-tex":
                fence = "$$" if node.attributes.get("display") == "block" else "$"
                return f"{fence}{written}{fence}"
            case "text/plain":
                return written
    return node.text(deep=True)


def _link_picture(node: LexborNode) -> None:
    source = node.attributes.get("src") or ""
    label = node.attributes.get("alt") or source
    if not source.lower().startswith(("http://", "https://")):
        node.replace_with(node.attributes.get("alt") or "")
        return
    link = LexborHTMLParser(f'<a href="{escape(source)}">{escape(label)}</a>').css_first("a")
    if link is not None:
        node.replace_with(link)


_CLEANER: Final = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags={"script", "style", "template", "noscript", "iframe", "object"},
    attributes=ATTRIBUTES,
    attribute_filter=_attribute,
    url_schemes=set(SCHEMES),
    link_rel="nofollow noopener",
    url_relative="deny",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
