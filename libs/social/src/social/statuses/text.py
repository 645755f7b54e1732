"""From what people type to what others see: links, mentions and hashtags in safe HTML.

The rules are Mastodon's, so that the same text means the same thing everywhere: a URL counts 23
characters, the server's part of a mention none, and a hashtag has at least one letter.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import regex
from linkify_it import LinkifyIt

from contracts.ids import Domain
from social.accounts.model import Account
from social.addresses import Addresses

CHARACTERS_PER_URL = 23
SHOWN_OF_URL = 30
LONGEST_URL = 2048
WORD = re.compile(r"\S+")

Handle = tuple[str, Domain | None]
"""A user name in lower case and a domain, None for our own server."""

MENTION = re.compile(
    r"(?<![=/\w.@])@(?P<user>[a-z0-9_]+(?:[a-z0-9_.-]*[a-z0-9_])?)"
    r"(?:@(?P<domain>[\w](?:[\w.-]*[\w])?(?::\d{1,5})?))?",
    re.IGNORECASE,
)
_NAME = r"[\w·\u200c]*[^\W\d_][\w·\u200c]*"
TAG_NAME = re.compile(_NAME)
HASHTAG = re.compile(rf"(?<![=/)\w&])[#\uFF03](?P<name>{_NAME})")
# To make one takes fifty times as long as to search a post with it.
LINKS = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """The HTML of a text, and the hashtags in it as they were written."""

    html: str
    tags: tuple[str, ...]


class _Link(msgspec.Struct, frozen=True):
    start: int
    end: int
    kind: str
    value: str


class Text:
    """What one person typed, taken apart."""

    def __init__(self, source: str, domain: str) -> None:
        self.source = unicodedata.normalize("NFC", source.replace("\r\n", "\n").replace("\x00", ""))
        self._domain = domain.lower()
        self._links = sorted(self._urls(), key=lambda link: link.start)
        self._links += [m for m in self._mentions() if not self._overlaps(m)]
        self._links += [t for t in self._hashtags() if not self._overlaps(t)]
        self._links.sort(key=lambda link: link.start)

    @property
    def handles(self) -> list[Handle]:
        """Who is mentioned, each once, in order."""
        found = (self.handle_of(link.value) for link in self._links if link.kind == "mention")
        return list(dict.fromkeys(found))

    @property
    def tags(self) -> tuple[str, ...]:
        """Hashtags as first written, each once whatever its case."""
        found: dict[str, str] = {}
        for link in self._links:
            if link.kind == "tag":
                found.setdefault(link.value.lower(), link.value)
        return tuple(found.values())

    @property
    def length(self) -> int:
        """Characters as they count against the limit: graphemes, so that an emoji is one."""
        counted = []
        position = 0
        for link in self._links:
            counted.append(self.source[position : link.start])
            if link.kind == "url":
                counted.append("x" * CHARACTERS_PER_URL)
            elif link.kind == "mention":
                counted.append("@" + link.value.split("@")[0])
            else:
                counted.append(self.source[link.start : link.end])
            position = link.end
        counted.append(self.source[position:])
        return len(regex.findall(r"\X", "".join(counted)))

    def compose(self, addresses: Addresses, mentions: Mapping[Handle, Account]) -> Composed:
        """Render; a handle that is in no mention stays plain text."""
        body = "".join(self._pieces(addresses, mentions))
        paragraphs = [part.replace("\n", "<br>") for part in re.split(r"\n{2,}", body.strip("\n")) if part]
        return Composed(html="".join(f"<p>{part}</p>" for part in paragraphs), tags=self.tags)

    def handle_of(self, written: str) -> Handle:
        """Our own domain, written out, is no domain."""
        user, _, domain = written.partition("@")
        domain = domain.lower()
        return user.lower(), Domain(domain) if domain and domain != self._domain else None

    def _pieces(self, addresses: Addresses, mentions: Mapping[Handle, Account]) -> Iterator[str]:
        position = 0
        for link in self._links:
            yield html.escape(self.source[position : link.start], quote=False)
            yield self._render(link, addresses, mentions)
            position = link.end
        yield html.escape(self.source[position:], quote=False)

    def _render(self, link: _Link, addresses: Addresses, mentions: Mapping[Handle, Account]) -> str:
        match link.kind:
            case "url":
                return _anchor(link.value)
            case "tag":
                return _hashtag(link.value, addresses)
            case _:
                account = mentions.get(self.handle_of(link.value))
                return _mention(account) if account else html.escape(self.source[link.start : link.end], quote=False)

    def _urls(self) -> list[_Link]:
        return [link for word in WORD.finditer(self.source) if "://" in word.group() for link in _urls_in(word)]

    def _mentions(self) -> list[_Link]:
        return [_Link(m.start(), m.end(), "mention", m.group()[1:]) for m in MENTION.finditer(self.source)]

    def _hashtags(self) -> list[_Link]:
        return [_Link(m.start(), m.end(), "tag", m["name"]) for m in HASHTAG.finditer(self.source)]

    def _overlaps(self, link: _Link) -> bool:
        return any(other.start < link.end and link.start < other.end for other in self._links)


def _urls_in(word: re.Match[str]) -> Iterator[_Link]:
    # The time to find addresses grows with the square of a word's length.
    found = (LINKS.match(word.group()) if len(word.group()) <= LONGEST_URL else None) or []
    for m in found:
        if m.schema in ("http:", "https:"):
            yield _Link(word.start() + m.index, word.start() + m.last_index, "url", m.url)


def _anchor(url: str) -> str:
    prefix = re.match(r"https?://(?:www\.)?", url)
    shown_from = prefix.end() if prefix else 0
    visible = url[shown_from : shown_from + SHOWN_OF_URL]
    rest = url[shown_from + SHOWN_OF_URL :]
    css = ' class="ellipsis"' if rest else ' class=""'
    return (
        f'<a href="{html.escape(url)}" rel="nofollow noopener" translate="no" target="_blank">'
        f'<span class="invisible">{html.escape(url[:shown_from])}</span>'
        f"<span{css}>{html.escape(visible)}</span>"
        f'<span class="invisible">{html.escape(rest)}</span></a>'
    )


def quote_inline(link: str) -> str:
    """The line that stands for a quoted post where nobody shows it; who does show it hides the class."""
    return f'<p class="quote-inline">RE: {_anchor(link)}</p>'


def _hashtag(name: str, addresses: Addresses) -> str:
    page = html.escape(addresses.tag_page(name.lower()))
    return f'<a href="{page}" class="mention hashtag" rel="tag">#<span>{html.escape(name)}</span></a>'


def _mention(account: Account) -> str:
    page = html.escape(account.url or account.uri)
    return (
        f'<span class="h-card" translate="no"><a href="{page}" class="u-url mention">'
        f"@<span>{html.escape(account.username)}</span></a></span>"
    )


def mentioned_in(accounts: Sequence[Account]) -> dict[Handle, Account]:
    """Accounts by the handle that names them in a text."""
    return {(account.username.lower(), account.domain): account for account in accounts}
