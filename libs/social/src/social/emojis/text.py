"""Emoji in what people type, and by themselves: those of Unicode and the custom ones."""

import re
from typing import Final

import regex

SHORTCODE = re.compile(r"(?<![\w:]):([a-z0-9_]{2,}):(?![\w:])", re.IGNORECASE | re.ASCII)
LONGEST_EMOJI: Final = 40

_EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3")
_SHORTCODE = regex.compile(r"[A-Za-z0-9_]{2,100}")
_ONE = regex.compile(r"\X")


def shortcodes_in(*texts: str) -> list[str]:
    """Each once, in order."""
    return list(dict.fromkeys(code for text in texts for code in SHORTCODE.findall(text)))


def is_shortcode(name: str) -> bool:
    """Whether it can be the name of a custom emoji."""
    return _SHORTCODE.fullmatch(name) is not None


def is_emoji(name: str) -> bool:
    """Whether it is one Unicode emoji."""
    return len(name) <= LONGEST_EMOJI and bool(_ONE.fullmatch(name)) and bool(_EMOJI.search(name))
