"""Where pages elsewhere lead those who live here."""

import httpx
import pytest


@pytest.mark.parametrize(
    ("query", "status", "shown"),
    [
        ("uri=https://far.example/notes/1", 200, "https://far.example/notes/1"),
        ("uri=acct:bob@far.example", 200, "bob@far.example"),
        ("acct=bob@far.example", 200, "bob@far.example"),
        ("uri=https://far.example/%3Cscript%3E", 200, "https://far.example/&lt;script&gt;"),
        ("uri=javascript:alert(1)", 404, ""),
        ("uri=%20", 404, ""),
        ("", 404, ""),
    ],
)
async def test_a_page_says_how_to_open_from_here_what_lives_elsewhere(
    client: httpx.AsyncClient, query: str, status: int, shown: str
) -> None:
    answer = await client.get(f"/authorize_interaction?{query}")
    assert answer.status_code == status
    assert shown in answer.text
    assert "<script" not in answer.text
    ours = await client.get("/authorize_interaction", params={"uri": "https://ours.test/@alice"})
    assert (ours.status_code, ours.headers["Location"]) == (302, "https://ours.test/@alice")
