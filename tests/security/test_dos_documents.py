"""Class DOS: documents that are too large, too deep, too odd. They are cut or refused, and nobody waits for them."""

import gzip
import time
import zlib
from typing import Any

import orjson
from doorstep import OURS, Doorstep
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neighbours import Neighbours, Person
from signing_in import bearing
from town import Town

from apcore import html
from chassis.worker import Verdict
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.polls import store as polls
from social.statuses import reading
from social.statuses.model import Status

LARGEST = 2**63


async def kept(door: Doorstep, note: dict[str, Any]) -> Status | None:
    return await reading.by_uri(door.res.db, Uri(note["id"]))


async def test_dos_01_what_is_over_the_caps_is_cut_and_more_than_a_mebibyte_is_refused(
    door: Doorstep, bob: Person, alice: Account
) -> None:
    bob.profile = {
        "name": "n" * 200_000,
        "summary": f"<p>{'s' * 200_000}</p>",
        "attachment": [{"type": "PropertyValue", "name": f"{n}" * 900, "value": "v" * 4000} for n in range(60)],
        "alsoKnownAs": [f"https://x.test/{n}" for n in range(10_000)],
        "tag": [{"type": "Hashtag", "name": f"#x{n}"} for n in range(1000)],
    }
    bob.publish()
    options = [{"type": "Note", "name": f"{n}"} for n in range(1000)]
    note = bob.note(type="Question", anyOf=options, cc=[alice.uri], summary="w" * 100_000)
    assert await door.hears(bob, bob.creates(note)) == "done"
    account, status = await accounts.by_uri(door.res.db, Uri(bob.uri)), await kept(door, note)
    assert account is not None
    assert status is not None
    poll = await polls.of_status(door.res.db, status.id)
    assert poll is not None
    assert (len(account.display_name), len(account.fields), len(account.also_known_as)) == (2048, 50, 256)
    assert len(account.note) <= 20_500
    assert all(len(field["name"]) <= 2047 and len(field["value"]) <= 2047 for field in account.fields)
    assert (len(poll.options), len(status.spoiler_text)) == (500, 20_480)
    assert (await door.deliver(bob, bob.creates(bob.note("x" * 1_100_000)))).status_code == 413
    million = orjson.dumps(bob.creates(note | {"anyOf": options * 1000}))
    assert (await door.deliver(bob, million)).status_code == 413
    long = door.neighbours.person("x" * 2049)
    assert (await door.deliver(long, long.does("Follow", alice.uri))).status_code in (401, 422)


async def test_dos_05_no_context_is_ever_worked_out(door: Doorstep, bob: Person, alice: Account) -> None:
    """Terms that explode when they are expanded are only measured."""
    layers: dict[str, Any] = {"t0": "as:content"}
    for n in range(60):
        layers[f"t{n + 1}"] = {"@id": f"t{n}", "@context": {f"u{n}": f"t{n}"}}
    nested: Any = {}
    for _ in range(50):
        nested = {"@context": [nested, {"a": "b"}]}
    await door.hears(bob, bob.does("Follow", alice.uri))
    for context in (layers, [layers] * 100, nested, [{f"t{n}": {"@id": f"t{n + 1}"} for n in range(5000)}]):
        said = bob.does("Like", f"{alice.uri}/statuses/1") | {"@context": context}
        started = time.process_time()
        assert (await door.deliver(bob, said)).status_code in (202, 400)
        assert time.process_time() - started < 0.2
    assert (await door.deliver(bob, bob.does("Like", alice.uri) | {"@context": _deep(100)})).status_code == 400
    await door.settle()
    assert set(door.verdicts) == {Verdict.ACK}


def _deep(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"@context": value}
    return value


MATHS = [
    "<math><semantics><annotation>x</annotation></semantics></math>",
    "<math><annotation encoding='application/x-tex'><math></annotation>",
    "<math><mi><annotation-xml><svg><style><img src=x></style></svg></annotation-xml></mi></math>",
    "<math>" * 500 + "</semantics>" * 500,
    "<img><math><img src='http://a'><annotation encoding='text/plain'>",
]
PIECES = [
    "<math>", "</math>", "<img src=", "<annotation encoding='text/plain'>", "<b>", "</p>", "<!--", "<![CDATA[", "&#0;",
    "<style>", "<svg>", "<template>", "'", '"', ">", "\0", "\u202e", "<a href='http://", "<select><option>", "x",
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=30))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_dos_06_no_markup_makes_the_sanitiser_stumble(pieces: list[str]) -> None:
    clean = html.sanitise("".join(pieces))
    html.text_of(clean)
    assert html.sanitise(clean) is not None
    assert "<math" not in clean
    assert "<svg" not in clean


async def test_dos_06_timelines_are_served_with_odd_markup_in_them(town: Town, bob: Person, alice: Account) -> None:
    reader = await town.stage.somebody("reader")
    for markup in MATHS:
        note = bob.note(markup, summary=markup, cc=[reader.uri], tag=[{"type": "Mention", "href": reader.uri}])
        assert await town.door.hears(bob, bob.creates(note)) == "done"
    answer = await town.timeline.get("/api/v1/timelines/public", headers=bearing(await town.stage.token(reader)))
    assert (answer.status_code, len(answer.json())) == (200, len(MATHS))


async def test_dos_14_markup_nested_deeply_is_only_long(door: Doorstep, bob: Person, alice: Account) -> None:
    for opening in ("<b>", "<div>", "<math>", "<blockquote><p>", "<a href='http://x.test/'>", "<img src=http://x><b>"):
        started = time.process_time()
        note = bob.note(opening * (900_000 // len(opening) // 10), summary=opening * 1000, cc=[alice.uri])
        assert await door.hears(bob, bob.creates(note)) == "done"
        assert time.process_time() - started < 2
        status = await kept(door, note)
        assert status is not None
        html.text_of(status.content)
    html.sanitise("<b>" * 100_000)


NUMBERS = ["9223372036854775808", "-9223372036854775809", "1e400", "-1e400", "NaN", "Infinity", "-0", "-0.0", "1e308"]
STRINGS = [r'"\ud800"', r'"a\u0000b"', r'"99999-01-01T00:00:00Z"', r'"0000-00-00T00:00:00Z"', r'"-9999-01-01"', '""']
FIELDS = [
    "published", "updated", "endTime", "closed", "votersCount", "sensitive", "content", "summary", "name", "inReplyTo",
    "conversation", "context", "to", "cc", "tag", "attachment", "oneOf", "replies", "likes", "contentMap", "url",
    "quote", "interactionPolicy", "directMessage", "attributedTo",
]  # fmt: skip


async def test_dos_15_no_number_and_no_text_poisons_anything(
    door: Doorstep, bob: Person, alice: Account, neighbours: Neighbours
) -> None:
    await door.hears(bob, bob.does("Follow", alice.uri))
    for n, field in enumerate(FIELDS):
        for value in (NUMBERS + STRINGS)[n % 4 :: 4]:
            note = bob.note(type="Question", cc=[alice.uri], oneOf=[{"name": "a"}, {"name": "b"}])
            said = orjson.dumps(bob.creates({k: v for k, v in note.items() if k != field} | {field: "HERE"}))
            answer = await door.deliver(bob, said.replace(b'"HERE"', value.encode()))
            assert answer.status_code in (202, 400, 422), (field, value, answer.text)
    await door.settle()
    assert set(door.verdicts) == {Verdict.ACK}
    for value in NUMBERS:
        poll = f'[{{"name":"a","replies":{{"totalItems":{value}}}}},{{"name":"b","replies":{{"totalItems":{value}}}}}]'
        said = orjson.dumps(bob.creates(bob.note(type="Question", cc=[alice.uri], oneOf="HERE")))
        assert (await door.deliver(bob, said.replace(b'"HERE"', poll.encode()))).status_code in (202, 400)
    await door.settle()
    assert set(door.verdicts) == {Verdict.ACK}
    carol = neighbours.person("carol", "good.localhost", key=1)
    assert await door.hears(carol, carol.creates(carol.note(cc=[alice.uri]))) == "done"


async def test_dos_11_a_packed_body_is_no_body_here(door: Doorstep, bob: Person, alice: Account) -> None:
    """Nobody packs what they deliver; what claims to be packed is not unpacked."""
    plain = orjson.dumps(bob.does("Follow", alice.uri))
    for coding, packed in (("gzip", gzip.compress(b" " * 50_000_000)), ("deflate", zlib.compress(plain)), ("br", b"x")):
        headers = bob.signed(f"{OURS}/inbox", packed) | {"Content-Encoding": coding}
        started = time.process_time()
        assert (await door.client.post("/inbox", content=packed, headers=headers)).status_code in (400, 415)
        assert time.process_time() - started < 0.5


async def test_dos_25_what_was_refused_stands_in_nobodys_way(
    door: Doorstep, bob: Person, mallory: Person, alice: Account
) -> None:
    await door.sets_policy(mallory.host, severity="suspend")
    refused = mallory.note(cc=[alice.uri])
    assert (await door.deliver(mallory, mallory.creates(refused))).status_code == 403
    foreign = bob.note(cc=[alice.uri]) | {"id": refused["id"]}
    assert await door.hears(bob, bob.creates(foreign)) == "foreign"
    broken = bob.note(cc=[alice.uri])
    assert await door.hears(bob, bob.creates(broken | {"id": "nonsense"})) in ("unreadable", "foreign")
    for parent in (refused["id"], broken["id"] + "#gone", "nonsense"):
        answer = bob.note(inReplyTo=parent, quote=parent, cc=[alice.uri])
        assert await door.hears(bob, bob.creates(answer)) == "done"
        assert await kept(door, answer) is not None
    assert await kept(door, refused) is None
    assert set(door.verdicts) == {Verdict.ACK}
