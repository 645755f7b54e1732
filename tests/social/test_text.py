"""From what people type to what others see."""

import pytest
from people import ADDRESSES

from social.statuses.text import Text


def html_of(source: str) -> str:
    return Text(source, "ours.test").compose(ADDRESSES, {}).html


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("hello", "<p>hello</p>"),
        ("a\nb\n\nc", "<p>a<br>b</p><p>c</p>"),
        ("<script>alert('x')</script> & so", "<p>&lt;script&gt;alert('x')&lt;/script&gt; &amp; so</p>"),
        ("@nobody@far.test", "<p>@nobody@far.test</p>"),
        (
            "#Cats",
            '<p><a href="https://ours.test/tags/cats" class="mention hashtag" rel="tag">#<span>Cats</span></a></p>',
        ),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
    ],
)
def test_text_becomes_safe_html(source: str, expected: str) -> None:
    assert html_of(source) == expected


def test_a_link_cannot_break_out_of_its_attribute() -> None:
    assert '"><' not in html_of('https://a.test/"><img src=x onerror=alert(1)>').split('href="https://a.test/')[1][:10]
    assert "<img" not in html_of('https://a.test/"><img src=x onerror=alert(1)>')


@pytest.mark.parametrize(
    ("source", "handles"),
    [
        ("@Alice hi @alice@OURS.test", [("alice", None)]),
        ("@bob@far.test:8443 and @eve@x.test.", [("bob", "far.test:8443"), ("eve", "x.test")]),
        ("mail me@far.test or https://far.test/@bob", []),
        ("(@bob)", [("bob", None)]),
    ],
)
def test_handles_are_found_where_people_mean_them(source: str, handles: list[tuple[str, str | None]]) -> None:
    assert Text(source, "ours.test").handles == handles


@pytest.mark.parametrize(
    ("source", "tags"),
    [
        ("#Cats #cats #CATS", ("Cats",)),
        ("#2026 #2026a x#y https://a.test/#frag", ("2026a",)),
        ("#日本語 #Über-raschung", ("日本語", "Über")),
    ],
)
def test_hashtags_are_found_where_people_mean_them(source: str, tags: tuple[str, ...]) -> None:
    assert Text(source, "ours.test").tags == tags


@pytest.mark.parametrize(
    ("source", "length"),
    [
        ("hello", 5),
        ("https://a.test/" + "x" * 400, 23),
        ("@bob@a-very-long-name.test hi", len("@bob hi")),
        ("👩‍🚀", 1),
    ],
)
def test_length_counts_as_mastodon_counts(source: str, length: int) -> None:
    assert Text(source, "ours.test").length == length
