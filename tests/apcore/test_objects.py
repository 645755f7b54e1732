"""Posts, as peers really send them."""

from datetime import UTC, datetime

import pytest

from apcore import jsonld, objects
from apcore.collections import Listed
from apcore.jsonld import Malformed
from apcore.objects import (
    Approvers,
    Attachment,
    Emoji,
    Hashtag,
    Mention,
    Note,
    Poll,
    PollOption,
    Quote,
    QuoteAuthorization,
    Tombstone,
)

ID = "https://a.test/n/1"
ALICE = "https://a.test/u/1"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

FULL = Note(
    id=ID,
    attributed_to=ALICE,
    type="Question",
    content="<p>x</p>",
    summary="warning",
    name="title",
    language="de",
    url="https://a.test/@alice/1",
    published=NOON,
    updated=NOON,
    in_reply_to="https://b.test/n/2",
    conversation="tag:a.test,2026:1",
    context="https://a.test/contexts/1",
    sensitive=True,
    to=(jsonld.PUBLIC,),
    cc=(f"{ALICE}/followers",),
    mentions=(Mention(href="https://b.test/u/bob", name="@bob@b.test"),),
    hashtags=(Hashtag(name="Cats", href="https://a.test/tags/cats"),),
    emojis=(Emoji(shortcode="blob", url="https://a.test/e/1.png", id="https://a.test/e/1",
                  media_type="image/png", updated=NOON),),
    attachments=(
        Attachment(url="https://a.test/m/1.mp4", media_type="video/mp4", name="a cat",
                   blurhash="LEHV6nWB2yk8pyo0adR*.7kCMdnj", focal_point=(0.5, -0.25), width=640,
                   height=480, duration=12.5, preview_url="https://a.test/m/1.png"),
    ),
    replies=f"{ID}/replies",
    answers=Listed(items=("https://a.test/n/2",), next=f"{ID}/replies?page=2", is_begun=True),
    likes=f"{ID}/likes",
    shares=f"{ID}/shares",
    likes_count=3,
    shares_count=4,
    poll=Poll(options=(PollOption(name="yes", votes=2), PollOption(name="no")), multiple=True,
              end_time=NOON, closed=NOON, voters_count=2),
    quote=Quote(uri="https://b.test/n/9", authorization="https://b.test/stamps/1"),
    may_quote=(jsonld.PUBLIC,),
    may_reply=Approvers(automatic=(f"{ALICE}/followers",), manual=(jsonld.PUBLIC,)),
    may_like=Approvers(automatic=(jsonld.PUBLIC,)),
    may_announce=Approvers(automatic=(ALICE,)),
    may_ask_to_quote=(f"{ALICE}/followers",),
    direct_message=False,
)  # fmt: skip


def read(**more):
    return objects.read_note({"id": ID, "type": "Note", "attributedTo": ALICE} | more)


def test_what_is_written_is_read_again():
    assert objects.read_note(objects.write_note(FULL)) == FULL


def test_the_least_a_note_can_be():
    assert read() == Note(id=ID, attributed_to=ALICE)
    assert objects.read_note(objects.write_note(read())) == Note(id=ID, attributed_to=ALICE, url=ID)


@pytest.mark.parametrize(
    "more",
    [{"id": None}, {"id": "acct:x"}, {"attributedTo": None}, {"type": "Person"}, {"type": 7}, {"type": None}],
)
def test_what_is_no_post_is_malformed(more):
    with pytest.raises(Malformed):
        read(**more)


def test_content_is_sanitised_and_cut():
    assert read(content="<script>x</script><p onclick=x>y").content == "<p>y</p>"
    assert len(read(content="x" * 300_000).content) == 262_144


def test_the_first_translation_stands_in_for_missing_content():
    note = read(contentMap={"fr": "<p>oui</p>", "en": "yes"})
    assert (note.content, note.language) == ("<p>oui</p>", "fr")


@pytest.mark.parametrize("language", ["und", "<b>", "x" * 50, ""])
def test_what_is_no_language_is_none(language):
    assert read(content="x", contentMap={language: "x"}).language is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.test/@alice/1", "https://a.test/@alice/1"),
        ([{"type": "Link", "href": "https://a.test/v.mp4", "mediaType": "video/mp4"},
          {"type": "Link", "href": "https://a.test/w", "mediaType": "text/html"}], "https://a.test/w"),
        ("javascript:alert(1)", None),
        ("https://evil.test/", None),
        (["data:x", "https://a.test/1"], "https://a.test/1"),
        (7, None),
    ],
)  # fmt: skip
def test_the_page_is_one_on_the_same_host(url, expected):
    assert read(url=url).url == expected


@pytest.mark.parametrize(
    ("said", "body", "warning"),
    [
        ({"summary": "<p>short</p>", "content": "<p>long</p>"}, "<p>long</p>", ""),
        ({"summary": "<p>short</p>"}, "<p>short</p>", ""),
        ({"summaryMap": {"de": "<p>kurz</p>"}}, "<p>kurz</p>", ""),
        ({"summary": "<p>Blood</p>", "content": "<p>long</p>", "sensitive": True}, "<p>long</p>", "Blood"),
        ({"content": "<script>x</script><p>long</p>"}, "<p>long</p>", ""),
        ({}, "", ""),
    ],
)
def test_an_article_shows_title_body_and_link(said, body, warning):
    note = read(type="Article", name="A <b>", url=f"{ID}.html", **said)
    assert note.content.startswith(f"<h2>A &lt;b&gt;</h2>{body}<p><a href=")
    assert note.summary == warning


@pytest.mark.parametrize(
    "spell",
    [
        lambda note: {f"as:{term}": value for term, value in note.items()},
        lambda note: {f"https://www.w3.org/ns/activitystreams#{term}": value for term, value in note.items()},
        lambda note: {term: [value] if not isinstance(value, list) else value for term, value in note.items()},
        lambda note: note | {"to": note["to"][0], "tag": note["tag"][0], "type": "as:Note"},
        lambda note: note | {"attributedTo": {"type": "Person", "id": ALICE}, "inReplyTo": {"id": note["inReplyTo"]}},
        lambda note: note | {"content": None, "contentMap": {"en": note["content"]}, "language": None},
    ],
)
def test_every_spelling_of_a_post_means_the_same(spell):
    note = {
        "id": ID, "type": "Note", "attributedTo": ALICE, "content": "<p>Hi</p>", "contentMap": {"en": "<p>Hi</p>"},
        "to": ["as:Public"], "inReplyTo": "https://b.test/n/1", "published": "2026-11-23T12:00:00Z", "sensitive": True,
        "tag": [{"type": "Mention", "href": "https://b.test/u/bob", "name": "@bob"}],
    }  # fmt: skip
    assert objects.read_note(spell(note)) == objects.read_note(note)


def test_a_title_may_come_in_languages():
    assert read(type="Article", nameMap={"de": "Katzen"}).content.startswith("<h2>Katzen</h2>")


STREAM = {
    "type": "Link", "mediaType": "application/x-mpegURL", "href": "https://a.test/v.m3u8",
    "tag": [
        {"type": "Link", "mediaType": "video/mp4", "href": "https://a.test/720.mp4", "height": 720, "width": 1280},
        {"type": "Link", "mediaType": "video/mp4", "href": "https://a.test/2160.mp4", "height": 2160},
        {"type": "Link", "mediaType": "application/x-bittorrent", "href": "https://a.test/720.torrent"},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        (
            "Video",
            {"url": [{"type": "Link", "mediaType": "text/html", "href": ID}, STREAM], "duration": "PT90S",
             "icon": [{"type": "Image", "url": "https://a.test/s.jpg", "width": 280},
                      {"type": "Image", "url": "https://a.test/l.jpg", "width": 850}]},
            ("https://a.test/720.mp4", "video/mp4", 90.0, "https://a.test/l.jpg"),
        ),
        (
            "Audio",
            {"url": [{"type": "Link", "mediaType": "audio/mpeg", "href": "https://a.test/a.mp3"}]},
            ("https://a.test/a.mp3", "audio/mpeg", None, None),
        ),
        (
            "Image",
            {"url": [{"type": "Link", "mediaType": "image/jpeg", "href": "https://a.test/a.jpg"}]},
            ("https://a.test/a.jpg", "image/jpeg", None, None),
        ),
        ("Page", {"image": {"type": "Image", "url": "https://a.test/t.jpg"}}, ("https://a.test/t.jpg", "", None, None)),
    ],
)  # fmt: skip
def test_what_is_played_is_attached_with_its_still(kind, said, expected):
    [file] = read(type=kind, name="x", **said).attachments
    assert (file.url, file.media_type, file.duration, file.preview_url) == expected


def test_gotosocials_rules_are_read_in_both_spellings():
    rule = {"automaticApproval": ALICE, "manualApproval": [jsonld.PUBLIC]}
    policy = {"canReply": {"always": [ALICE]}, "canLike": rule, "canAnnounce": {"sometimes": []}}
    note = read(interactionPolicy=policy)
    assert note.may_reply == Approvers(automatic=(ALICE,))
    assert note.may_like == Approvers(automatic=(ALICE,), manual=(jsonld.PUBLIC,))
    assert note.may_announce is None


def test_a_summary_describes_better_than_a_name():
    attachment = {"type": "Document", "url": "https://a.test/x.png", "name": "n", "summary": "s"}
    assert read(attachment=attachment).attachments[0].name == "s"


def test_an_attachment_without_a_usable_url_is_left_out():
    assert read(attachment=[{"type": "Image"}, {"url": "javascript:x"}, "https://a.test/x.png", 7]).attachments == ()


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("PT1H2M3.5S", 3723.5), ("PT0S", 0.0), (7, 7.0), ("PT", 0.0), ("P1D", None), ("PT1", 0.0), ("PT..S", None),
     ("PT" + "9" * 200 + "S", None), (-1, None)],
)  # fmt: skip
def test_a_duration_is_read_in_seconds(written, seconds):
    attachment = {"url": "https://a.test/x.mp4", "duration": written}
    assert read(attachment=attachment).attachments[0].duration == seconds


def test_the_same_person_is_mentioned_once_and_the_address_decides():
    tags = [{"type": "Mention", "href": "https://b.test/u/bob", "name": name} for name in ("@a", "@b")]
    assert [mention.href for mention in read(tag=tags).mentions] == ["https://b.test/u/bob"]


def test_ten_thousand_mentions_are_cut():
    tags = [{"type": "Mention", "href": f"https://b.test/u/{n}"} for n in range(10_000)]
    assert len(read(tag=tags).mentions) == 256


def test_a_million_options_are_cut():
    options = [{"type": "Note", "name": str(n)} for n in range(2_000)]
    poll = read(type="Question", oneOf=options).poll
    assert poll is not None
    assert (len(poll.options), poll.multiple) == (500, False)


def test_closed_without_a_time_is_closed():
    poll = read(type="Question", anyOf=[{"name": "x"}], closed=True, endTime="2026-11-23T12:00:00Z").poll
    assert poll is not None
    assert (poll.closed, poll.multiple) == (NOON, True)


@pytest.mark.parametrize("term", ["_misskey_quote", "quoteUrl", "quoteUri"])
def test_the_old_words_for_a_quote_ask_for_no_consent(term):
    assert read(**{term: "https://b.test/n/9"}).quote == Quote(uri="https://b.test/n/9", is_legacy=True)


def test_a_link_among_the_tags_may_be_a_quote():
    link = {"type": "Link", "rel": "https://misskey-hub.net/ns#_misskey_quote", "href": "https://b.test/n/9"}
    assert read(tag=[{"type": "Link", "href": "https://b.test/n/8"}, link]).quote == Quote(
        uri="https://b.test/n/9", is_legacy=True
    )


def test_a_quote_of_what_is_deleted_says_so():
    for gone in ({"type": "Tombstone"}, {"type": "Tombstone", "id": "https://b.test/n/9"}):
        note = read(quote=gone, quoteUri="https://b.test/n/9")
        assert note.quote == Quote(uri=gone.get("id", ""), is_gone=True)
        assert read(**objects.write_note(note)).quote == note.quote


def test_an_authorization_is_written_and_read():
    stamp = QuoteAuthorization(
        id=f"{ALICE}/stamps/1", attributed_to=ALICE, interacting_object="https://b.test/n/9", interaction_target=ID
    )
    assert objects.read_quote_authorization(objects.write_quote_authorization(stamp)) == stamp


@pytest.mark.parametrize("term", ["id", "type", "attributedTo", "interactingObject", "interactionTarget"])
def test_half_an_authorization_is_none(term):
    stamp = QuoteAuthorization(id=ID, attributed_to=ALICE, interacting_object=ID, interaction_target=ID)
    document = objects.write_quote_authorization(stamp)
    for wrong in (None, 7, "javascript:alert(1)", [], {}):
        with pytest.raises(Malformed):
            objects.read_quote_authorization(document | {term: wrong})


def test_a_tombstone_is_written_and_read():
    tombstone = Tombstone(id=ID, former_type="Note", deleted=NOON)
    assert objects.read_tombstone(objects.write_tombstone(tombstone)) == tombstone
