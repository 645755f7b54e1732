"""LibreTranslate, by its HTTP interface."""

from collections.abc import Sequence
from typing import Final

import msgspec
from prometheus_client import Counter

from apcore.fetch import Fetcher, FetchError
from chassis.errors import Unavailable

ANSWER_BYTES: Final = 1_048_576
TRANSLATIONS = Counter("murmuration_translations_total", "Requests to the translating server", ["outcome"])


class Away(Unavailable):
    """There was an issue communicating with the translation service"""


class Busy(Unavailable):
    """The translation service is busy or its quota is used up; please try again later"""


class Language(msgspec.Struct, frozen=True):
    code: str
    targets: list[str] = []


class Detected(msgspec.Struct, frozen=True):
    language: str = ""


class Translated(msgspec.Struct, frozen=True):
    translated: list[str] = msgspec.field(name="translatedText")
    detected: list[Detected] = msgspec.field(name="detectedLanguage", default_factory=list)


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    q: Sequence[str]
    source: str
    target: str
    format: str = msgspec.field(default="")
    api_key: str = ""


class LibreTranslate:
    """`translate` takes and gives HTML, which nobody has sanitised yet."""

    name = "LibreTranslate"

    def __init__(self, fetcher: Fetcher, url: str, api_key: str) -> None:
        self._fetcher = fetcher
        self._url = url.rstrip("/")
        self._api_key = api_key

    async def languages(self) -> dict[str, list[str]]:
        """From which languages it translates into which."""
        try:
            answer = await self._fetcher.get_bytes(f"{self._url}/languages", limit=ANSWER_BYTES)
            known = msgspec.json.decode(answer.content, type=list[Language])
        except (FetchError, msgspec.DecodeError) as error:
            TRANSLATIONS.labels("failed").inc()
            raise Away from error
        return {one.code: sorted(set(one.targets) - {one.code}) for one in known}

    async def translate(self, texts: Sequence[str], source: str | None, target: str) -> Translated:
        question = Question(texts, source or "auto", target, "html", self._api_key)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        try:
            answer = await self._fetcher.ask(
                f"{self._url}/translate", msgspec.json.encode(question), headers, limit=ANSWER_BYTES
            )
            translated = msgspec.json.decode(answer, type=Translated)
        except FetchError as error:
            TRANSLATIONS.labels("busy" if error.status in (403, 429) else "failed").inc()
            raise (Busy if error.status in (403, 429) else Away) from error
        except msgspec.DecodeError as error:
            TRANSLATIONS.labels("failed").inc()
            raise Away from error
        if len(translated.translated) != len(texts):
            TRANSLATIONS.labels("failed").inc()
            raise Away
        TRANSLATIONS.labels("translated").inc()
        return translated
