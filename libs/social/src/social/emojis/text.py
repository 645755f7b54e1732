"""Custom emoji in what people type."""

import re

SHORTCODE = re.compile(r"(?<![\w:]):([a-z0-9_]{2,}):(?![\w:])", re.IGNORECASE | re.ASCII)


def shortcodes_in(*texts: str) -> list[str]:
    """Each once, in order."""
    return list(dict.fromkeys(code for text in texts for code in SHORTCODE.findall(text)))
