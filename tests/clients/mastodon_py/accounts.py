"""Profiles, and who is what to whom."""

import datetime as dt

import pytest
from clients.mastodon_py.stage import Stage, eventually
from mastodon import MastodonAPIError, MastodonNotFoundError
from pictures import a_picture


def people_are_looked_up(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    me, him = ada.me(), ben.account_verify_credentials()
    assert (me.username, him.acct) == ("ada", "ben")
    assert ada.account(him).url == him.url
    assert [account.id for account in ada.accounts([me, him])] == [me.id, him.id]
    assert ada.account_lookup("ben").id == him.id
    assert him.id in [account.id for account in ada.account_search("ben")]
    with pytest.raises(MastodonNotFoundError):
        ada.account(1)


def a_profile_is_edited(stage: Stage) -> None:
    ada = stage.person("ada")
    picture = a_picture(120, 120)
    changed = ada.account_update_credentials(
        display_name="Ada L.",
        note="Counts",
        avatar=picture,
        avatar_mime_type="image/jpeg",
        header=picture,
        header_mime_type="image/jpeg",
        fields=[("Engine", "Analytical")],
        discoverable=True,
        indexable=True,
        hide_collections=False,
        default_privacy="public",
        default_language="en",
        avatar_description="A portrait",
    )
    assert (changed.display_name, changed.source.note, changed.fields[0].value) == ("Ada L.", "Counts", "Analytical")
    assert "missing" not in changed.avatar + changed.header
    assert "missing" in ada.account_delete_avatar().avatar
    assert "missing" in ada.account_delete_header().header


def a_profile_is_edited_as_its_page_shows_it(stage: Stage) -> None:
    ada = stage.person("ada")
    changed = ada.profile_update(
        display_name="Ada Lovelace",
        note="Counts and foresees",
        fields=[("Engine", "Difference")],
        show_media=True,
        show_media_replies=False,
        show_featured=True,
        attribution_domains=["example.com"],
    )
    seen = ada.profile()
    assert seen.display_name == changed.display_name == "Ada Lovelace"
    assert (seen.show_media, seen.show_media_replies, seen.attribution_domains) == (True, False, ["example.com"])


def people_follow_and_part(stage: Stage) -> None:
    ada, ben, cleo = stage.person("ada"), stage.person("ben"), stage.person("cleo")
    me, him, her = ada.me(), ben.me(), cleo.me()
    made = ada.account_follow(him, reblogs=False, notify=True)
    assert (made.following, made.notifying, made.showing_reblogs) == (True, True, False)
    ben.account_follow(me)
    ben.account_follow(her)
    assert ada.account_relationships([him, her])[0].followed_by
    assert [account.id for account in ada.account_following(me)] == [him.id]
    assert [account.id for account in ada.account_followers(me)] == [him.id]
    (known,) = ada.account_familiar_followers(her)
    assert [account.id for account in known.accounts] == [him.id]
    assert not cleo.account_remove_from_followers(him).followed_by
    assert not ben.account_unfollow(me).following
    assert not ada.account_unfollow(him).following


def who_is_locked_decides_who_follows(stage: Stage) -> None:
    ada, ben, cleo = stage.person("ada"), stage.person("ben"), stage.person("cleo")
    her = cleo.account_update_credentials(locked=True)
    assert ada.account_follow(her).requested
    assert ben.account_follow(her).requested
    eventually(lambda: len(cleo.follow_requests()) == 2)
    assert cleo.follow_request_authorize(ada.me()).followed_by
    assert not cleo.follow_request_reject(ben.me()).followed_by
    assert ada.account_relationships(her)[0].following
    assert cleo.follow_requests() == []
    cleo.account_update_credentials(locked=False)
    ada.account_unfollow(her)


def people_and_servers_are_kept_away(stage: Stage) -> None:
    ada, him = stage.person("ada"), stage.person("ben").me()
    muted = ada.account_mute(him, notifications=False, duration=3600)
    assert (muted.muting, muted.muting_notifications) == (True, False)
    assert [account.id for account in ada.mutes()] == [him.id]
    assert not ada.account_unmute(him).muting
    assert ada.account_block(him).blocking
    assert [account.id for account in ada.blocks()] == [him.id]
    assert not ada.account_unblock(him).blocking
    ada.domain_block("noise.example")
    assert ada.domain_blocks() == ["noise.example"]
    ada.domain_unblock("noise.example")
    assert ada.domain_blocks() == []


def people_are_noted_and_endorsed(stage: Stage) -> None:
    ada, him = stage.person("ada"), stage.person("ben").me()
    assert ada.account_note_set(him, "Builds engines").note == "Builds engines"
    with pytest.raises(MastodonAPIError):
        ada.account_endorse(him)
    ada.account_follow(him)
    assert ada.account_endorse(him).endorsed
    assert [account.id for account in ada.endorsements()] == [him.id]
    assert not ada.account_unendorse(him).endorsed
    assert ada.account_pin(him).endorsed
    assert not ada.account_unpin(him).endorsed
    ada.account_unfollow(him)


def people_are_found_and_suggested(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    him = ben.account_update_credentials(discoverable=True)
    listed = eventually(lambda: [account.id for account in ada.directory(order="new", local=True)])
    assert him.id in listed
    stage.operate("accounts", "suggest", "ben")
    suggested = eventually(lambda: [found for found in ada.suggestions_v2() if found.account.id == him.id])
    assert "featured" in suggested[0].sources
    assert him.id in [account.id for account in ada.suggestions()]
    with pytest.warns(match="deprecat"):
        assert him.id in [account.id for account in ada.suggestions_v1()]
    ada.suggestion_delete(him)
    assert him.id not in [found.account.id for found in ada.suggestions_v2()]


def somebody_is_reported(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    posted = ben.status_post("Buy my engine")
    report = ada.report(posted.account, status_ids=[posted], comment="Again", category="spam", forward=False)
    assert (report.target_account.username, report.category, report.comment) == ("ben", "spam", "Again")
    assert report.status_ids == [posted.id]
    assert report.created_at > dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
