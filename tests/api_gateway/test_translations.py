"""Posts in the reader's language, by a LibreTranslate server on loopback."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from talking import Person

from api_gateway.resources import Resources, open_resources
from api_gateway.settings import Settings


class Translator:
    """Turns words around, and adds what nobody asked for."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, Any]] = []
        self.status = 200
        self.adds = ""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/languages":
            names = [{"code": "en", "name": "English", "targets": ["de", "en"]}, {"code": "de", "targets": ["en"]}]
            return web.json_response(names)
        question = await request.json()
        self.asked.append(question)
        texts = [f"{self.adds}[{question['target']}] {text}" for text in question["q"]]
        detected = [{"language": "en", "confidence": 90} for _ in texts]
        answer = {"translatedText": texts} | ({"detectedLanguage": detected} if question["source"] == "auto" else {})
        return web.json_response(answer, status=self.status)


@asynccontextmanager
async def open_translator() -> AsyncIterator[Translator]:
    translator = Translator()
    runner = web.ServerRunner(web.Server(translator.answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    translator.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield translator
    finally:
        await runner.cleanup()


@pytest.fixture
async def translator() -> AsyncIterator[Translator]:
    async with open_translator() as opened:
        yield opened


@pytest.fixture
async def resources(make_settings: Callable[..., Settings], translator: Translator) -> AsyncIterator[Resources]:
    settings = make_settings(Settings, libretranslate_url=translator.url, libretranslate_api_key="key")
    async with open_resources(settings) as opened:
        await opened.redis.flushdb()
        yield opened


async def test_all_words_of_a_post_are_translated(alice: Person, bob: Person, translator: Translator) -> None:
    status = await alice.says("Hello <b>", spoiler_text="Tom & Jerry", language="en")
    found = await bob.post(f"/api/v1/statuses/{status['id']}/translate", lang="de-CH")
    assert found["content"] == "[de] <p>Hello &lt;b&gt;</p>"
    assert found["spoiler_text"] == "[de] Tom & Jerry"
    assert (found["language"], found["detected_source_language"]) == ("de", "en")
    assert found["provider"] == "LibreTranslate"
    (question,) = translator.asked
    assert (question["source"], question["target"], question["api_key"]) == ("en", "de", "key")


async def test_it_is_asked_once_for_each_version(alice: Person, bob: Person, translator: Translator) -> None:
    status = await alice.says("Hello", language="en")
    path = f"/api/v1/statuses/{status['id']}"
    assert await bob.post(f"{path}/translate", lang="de") == await alice.post(f"{path}/translate", lang="de")
    assert len(translator.asked) == 1
    await alice.put(path, status="Hello again", language="en")
    assert "again" in (await bob.post(f"{path}/translate", lang="de"))["content"]


async def test_what_another_server_says_is_sanitised(alice: Person, translator: Translator) -> None:
    translator.adds = '<img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a><script>alert(1)</script>'
    status = await alice.says("Hello", spoiler_text="Plot", language="en")
    found = await alice.post(f"/api/v1/statuses/{status['id']}/translate", lang="de")
    assert not [bad for bad in ("<script", "onerror", "javascript:", "<img") if bad in found["content"]]
    assert "<" not in found["spoiler_text"]


async def test_private_words_do_not_leave(alice: Person, bob: Person, translator: Translator) -> None:
    status = await alice.says("Psst", visibility="private", language="en")
    await alice.post(f"/api/v1/statuses/{status['id']}/translate", 403, lang="de")
    await bob.post(f"/api/v1/statuses/{status['id']}/translate", 404, lang="de")
    assert translator.asked == []


async def test_what_cannot_be_translated_is_refused(alice: Person, translator: Translator) -> None:
    status = await alice.says("Hello", language="en")
    for target in ("fr", "en", "../x"):
        await alice.post(f"/api/v1/statuses/{status['id']}/translate", 403, lang=target)
    await alice.post("/api/v1/statuses/1/translate", 404, lang="de")
    await alice.unknown.post(f"/api/v1/statuses/{status['id']}/translate", 401, lang="de")
    assert translator.asked == []


@pytest.mark.parametrize("status", [429, 500, 400])
async def test_a_translator_in_trouble_is_a_passing_failure(alice: Person, translator: Translator, status: int) -> None:
    post = await alice.says("Hello", language="en")
    translator.status = status
    await alice.post(f"/api/v1/statuses/{post['id']}/translate", 503, lang="de")
    translator.status = 200
    await alice.post(f"/api/v1/statuses/{post['id']}/translate", lang="de")


async def test_clients_learn_what_can_be_translated(alice: Person) -> None:
    found = await alice.unknown.get("/api/v1/instance/translation_languages")
    assert found == {"en": ["de"], "de": ["en"], "und": ["de", "en"]}
    assert (await alice.get("/api/v2/instance"))["configuration"]["translation"] == {"enabled": True}


class TestWithoutOne:
    @pytest.fixture
    async def resources(self, make_settings: Callable[..., Settings]) -> AsyncIterator[Resources]:
        async with open_resources(make_settings(Settings)) as opened:
            await opened.redis.flushdb()
            yield opened

    async def test_nothing_is_translated(self, alice: Person) -> None:
        status = await alice.says("Hello", language="en")
        await alice.post(f"/api/v1/statuses/{status['id']}/translate", 404, lang="de")
        assert await alice.unknown.get("/api/v1/instance/translation_languages") == {}
        assert (await alice.get("/api/v2/instance"))["configuration"]["translation"] == {"enabled": False}
