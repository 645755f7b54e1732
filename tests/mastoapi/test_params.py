"""Parameters come in many shapes and arrive as one."""

import httpx
import msgspec
import pytest
from fastapi import FastAPI, Request

from chassis.http import Json, application
from mastoapi.params import Id, Upload, params


class Option(msgspec.Struct, frozen=True):
    name: str = ""
    value: str = ""


class Poll(msgspec.Struct, frozen=True):
    options: list[str]
    multiple: bool = False
    expires_in: int | None = None


class Everything(msgspec.Struct, frozen=True):
    status: str = ""
    sensitive: bool | None = None
    in_reply_to_id: Id | None = None
    media_ids: list[Id] = []
    poll: Poll | None = None
    fields_attributes: list[Option] = []
    avatar: Upload | None = None


@pytest.fixture
def app() -> FastAPI:
    app = application("test", [], object())

    @app.api_route("/", methods=["GET", "POST"])
    async def read(request: Request) -> Json:
        found = await params(request, Everything, most_bytes=2000)
        avatar = found.avatar and f"{found.avatar.filename}:{len(found.avatar.content)}"
        return Json({**msgspec.structs.asdict(found), "avatar": avatar})

    return app


@pytest.fixture
def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://ours.test")


EXPECTED = {
    "status": "Hi",
    "sensitive": True,
    "in_reply_to_id": 7,
    "media_ids": [1, 2],
    "poll": {"options": ["a", "b"], "multiple": False, "expires_in": 60},
    "fields_attributes": [{"name": "x", "value": "y"}, {"name": "z", "value": ""}],
    "avatar": None,
}
AS_JSON = {
    **EXPECTED,
    "in_reply_to_id": "7",
    "fields_attributes": {"0": {"name": "x", "value": "y"}, "1": {"name": "z"}},
}
AS_FORM = [
    ("status", "Hi"),
    ("sensitive", "1"),
    ("in_reply_to_id", "7"),
    ("media_ids[]", "1"),
    ("media_ids[]", "2"),
    ("poll[options][]", "a"),
    ("poll[options][]", "b"),
    ("poll[multiple]", "false"),
    ("poll[expires_in]", "60"),
    ("fields_attributes[0][name]", "x"),
    ("fields_attributes[0][value]", "y"),
    ("fields_attributes[1][name]", "z"),
]


async def test_json_a_form_multipart_and_a_query_say_the_same(client: httpx.AsyncClient) -> None:
    encoded = httpx.QueryParams(AS_FORM)
    form = {"content-type": "application/x-www-form-urlencoded"}
    answers = [
        await client.post("/", json=AS_JSON),
        await client.post("/", content=str(encoded), headers=form),
        await client.post("/", files=[(name, (None, value)) for name, value in AS_FORM]),
        await client.get("/", params=encoded),
    ]
    assert [answer.json() for answer in answers] == [EXPECTED] * 4


async def test_a_query_that_is_no_text_is_read_as_far_as_it_is() -> None:
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"status=H\xffi"})
    assert (await params(request, Everything)).status == "H\ufffdi"


async def test_json_comes_even_with_get(client: httpx.AsyncClient) -> None:
    answer = await client.request("GET", "/", json={"media_ids": ["1", "2"]})
    assert answer.json()["media_ids"] == [1, 2]


async def test_a_list_within_a_list_is_one_list(client: httpx.AsyncClient) -> None:
    answer = await client.get("/", params=[("media_ids[][]", "1"), ("media_ids[][]", "2")])
    assert answer.json()["media_ids"] == [1, 2]


async def test_a_file_comes_with_its_name(client: httpx.AsyncClient) -> None:
    answer = await client.post("/", files={"avatar": ("me.png", b"12345", "image/png")})
    assert answer.json()["avatar"] == "me.png:5"


async def test_what_is_empty_counts_as_not_sent(client: httpx.AsyncClient) -> None:
    answer = await client.get("/", params={"in_reply_to_id": "", "sensitive": "", "status": "", "avatar": ""})
    assert answer.json()["in_reply_to_id"] is None
    assert answer.json()["sensitive"] is None


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"status": "\\ud800"}', "application/json", 400),
        (b'{"in_reply_to_id": "seven"}', "application/json", 422),
        (b'{"in_reply_to_id": 9223372036854775808}', "application/json", 422),
        (b'{"in_reply_to_id": {}}', "application/json", 422),
        (b'{"media_ids": [[]]}', "application/json", 422),
        (b'{"status": "a\\u0000b"}', "application/json", 422),
        (b'{"status": {"a": 1}}', "application/json", 422),
        (b"a=1&" * 600, "application/x-www-form-urlencoded", 413),
        (b"a&" * 900, "application/x-www-form-urlencoded", 400),
        (b"status=%ff%00", "application/x-www-form-urlencoded", 422),
        (b"x", "multipart/form-data", 400),
        (b"x", "multipart/form-data; boundary=y", 400),
        (b"status=x", "text/plain", 200),
    ],
)
async def test_bad_input_is_refused_in_words(client: httpx.AsyncClient, content: bytes, kind: str, status: int) -> None:
    answer = await client.post("/", content=content, headers={"content-type": kind})
    assert answer.status_code == status
    assert status == 200 or answer.json()["error"]


async def test_a_body_without_a_length_is_capped_too(client: httpx.AsyncClient) -> None:
    async def chunks():
        for _ in range(5):
            yield b"x" * 1000

    answer = await client.post("/", content=chunks(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
