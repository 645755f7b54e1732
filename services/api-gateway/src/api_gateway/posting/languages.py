"""The languages a post may be in: ISO 639-1, some of ISO 639-3, and four kinds of Chinese, as Mastodon has them."""

from typing import Final

_TWO_LETTERS: Final = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
    eo es et eu fa ff fi fj fo fr fy ga gd gl gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka
    kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng
    nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sn so sq sr ss st su sv
    sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_THREE_LETTERS: Final = """
    ast chr ckb cnr csb gsw jbo kab ldn lfn moh nds pdc sco sma smj szl tok vai xal zba zgh
"""
_REGIONAL: Final = "zh-CN zh-HK zh-TW zh-YUE"

CODES: Final = frozenset(f"{_TWO_LETTERS} {_THREE_LETTERS} {_REGIONAL}".split())


def known_language(code: str | None) -> str | None:
    """The code as it is kept: a region is cut off unless it is a language of its own. None for what is none."""
    if not code or code in CODES:
        return code or None
    general = code.replace("_", "-").partition("-")[0]
    return general if general in CODES else None
