"""Posts, what people do with them, and the timelines they appear in."""

import datetime as dt

import pytest
from clients.mastodon_py.stage import Stage, eventually
from mastodon import MastodonNotFoundError
from pictures import a_picture


def a_post_is_written_read_and_taken_back(stage: Stage) -> None:
    ada = stage.person("ada")
    posted = ada.status_post("Hello #engines", spoiler_text="Noise", visibility="unlisted", language="en")
    assert (posted.spoiler_text, posted.visibility, posted.tags[0].name) == ("Noise", "unlisted", "engines")
    assert ada.status(posted).uri == posted.uri
    plain = ada.toot("Shorter")
    assert {status.id for status in ada.statuses([posted, plain])} == {posted.id, plain.id}
    assert [status.id for status in ada.account_statuses(ada.me(), limit=2)] == [plain.id, posted.id]
    assert ada.status_delete(posted).text == "Hello #engines"
    with pytest.raises(MastodonNotFoundError):
        ada.status(posted)


def a_post_is_edited_with_its_picture(stage: Stage) -> None:
    ada = stage.person("ada")
    picture = ada.media_post(a_picture(), mime_type="image/jpeg", description="Red and blue", focus=(0.5, -0.5))
    eventually(lambda: ada.media(picture).url)
    assert ada.media_update(picture, description="Blue and red").description == "Blue and red"
    posted = ada.status_post("Frist", media_ids=[picture], sensitive=True)
    described = ada.generate_media_edit_attributes(picture.id, description="Half and half")
    changed = ada.status_update(posted, "First", media_attributes=[described])
    assert changed.media_attachments[0].description == "Half and half"
    assert ada.status_source(posted).text == "First"
    assert ["Frist" in edit.content for edit in ada.status_history(posted)] == [True, False]


def a_thread_is_read(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    asked = ada.status_post("Who is there?")
    answer = ben.status_reply(asked, "I am")
    assert answer.mentions[0].username == "ada"
    assert [status.id for status in ada.status_context(asked).descendants] == [answer.id]
    assert [status.id for status in ada.status_context(answer).ancestors] == [asked.id]
    assert ada.status_mute(asked).muted
    assert not ada.status_unmute(asked).muted


def posts_are_liked_boosted_kept_and_pinned(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    posted = ada.status_post("Like and share")
    him = ben.me().id
    assert ben.status_favourite(posted).favourites_count == 1
    assert [account.id for account in ada.status_favourited_by(posted)] == [him]
    assert posted.id in [status.id for status in ben.favourites()]
    assert not ben.status_unfavourite(posted).favourited
    assert ben.status_reblog(posted, visibility="unlisted").reblog.id == posted.id
    assert [account.id for account in ada.status_reblogged_by(posted)] == [him]
    assert not ben.status_unreblog(posted).reblogged
    assert ben.status_bookmark(posted).bookmarked
    assert [status.id for status in ben.bookmarks()] == [posted.id]
    assert not ben.status_unbookmark(posted).bookmarked
    assert ada.status_pin(posted).pinned
    assert [status.id for status in ada.account_statuses(posted.account, pinned=True)] == [posted.id]
    assert not ada.status_unpin(posted).pinned


def a_post_is_quoted_and_the_quote_revoked(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    posted = ada.status_post("Quote me", quote_approval_policy="public")
    quoting = ben.status_post("She said", quoted_status_id=posted.id)
    assert (quoting.quote.state, quoting.quote.quoted_status.id) == ("accepted", posted.id)
    assert [status.id for status in ada.status_quotes(posted)] == [quoting.id]
    assert ada.status_quote_revoke(posted, quoting).quote.state == "revoked"
    assert ada.status_quotes(posted) == []
    closed = ada.status_update_quote_approval_policy(posted, "nobody")
    assert closed.quote_approval.automatic == []


def a_poll_is_answered(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    asked = ada.make_poll(["Soup", "Salad"], 3600, multiple=True, hide_totals=True)
    poll = ada.status_post("Lunch?", poll=asked).poll
    voted = ben.poll_vote(poll, [0])
    assert (voted.voted, voted.own_votes) == (True, [0])
    seen = eventually(lambda: next((p for p in [ada.poll(poll)] if p.votes_count), None))
    assert (seen.votes_count, seen.voters_count, [option.votes_count for option in seen.options]) == (1, 1, [None] * 2)


def a_post_is_planned(stage: Stage) -> None:
    ada = stage.person("ada")
    in_an_hour = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    planned = ada.status_post("Later", scheduled_at=in_an_hour)
    assert [found.id for found in ada.scheduled_statuses()] == [planned.id]
    later = ada.scheduled_status_update(planned, in_an_hour + dt.timedelta(hours=1))
    assert ada.scheduled_status(planned).scheduled_at == later.scheduled_at > planned.scheduled_at
    ada.scheduled_status_delete(planned)
    assert ada.scheduled_statuses() == []


def a_post_is_translated_where_somebody_translates(stage: Stage) -> None:
    ada = stage.person("ada")
    assert ada.instance_translation_languages() == {}
    with pytest.raises(MastodonNotFoundError):
        ada.status_translate(ada.status_post("Bonjour", language="fr"), lang="en")


def timelines_show_what_belongs_there(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    ada.account_follow(ben.me())
    said = ben.status_post("All over the place #everywhere")
    for look in (
        ada.timeline_home,
        ada.timeline_local,
        ada.timeline_public,
        lambda: ada.timeline("home"),
        lambda: ada.timeline_hashtag("everywhere"),
    ):
        assert eventually(lambda look=look: [status for status in look() if status.id == said.id])
    assert ada.timeline_is_available("public", local=True, with_auth=True)
    with pytest.raises(MastodonNotFoundError):
        ada.timeline_link("https://news.example/nobody-talks-of-it")
    ada.account_unfollow(ben.me())


def pages_follow_each_other(stage: Stage) -> None:
    dora = stage.person("dora")
    posted = [dora.status_post(f"Number {number}").id for number in range(5)][::-1]
    first = dora.account_statuses(dora.me(), limit=2)
    second = dora.fetch_next(first)
    assert [status.id for status in [*first, *second]] == posted[:4]
    assert [status.id for status in dora.fetch_previous(second)] == posted[:2]
    assert [status.id for status in dora.fetch_remaining(first)] == posted
    assert [status.id for status in dora.pagination_iterator(first)] == posted
    assert [len(page) for page in dora.pagination_page_iterator(first)][:3] == [2, 2, 1]
    assert str(dora.get_pagination_info(first, "next")["max_id"]) == posted[1]
