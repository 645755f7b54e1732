"""Lists, filters, hashtags and conversations: what people make of the stream."""

import pytest
from clients.mastodon_py.stage import Stage, eventually
from mastodon import MastodonNotFoundError


def a_list_is_kept(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    him = ben.me()
    ada.account_follow(him)
    kept = ada.list_create("Engineers", replies_policy="none", exclusive=True)
    assert (kept.title, kept.replies_policy, kept.exclusive) == ("Engineers", "none", True)
    ada.list_accounts_add(kept, [him])
    assert [account.id for account in ada.list_accounts(kept)] == [him.id]
    assert [found.id for found in ada.account_lists(him)] == [kept.id]
    said = ben.status_post("For the list")
    assert eventually(lambda: [status for status in ada.timeline_list(kept) if status.id == said.id])
    assert ada.list_update(kept, "Builders", replies_policy="list", exclusive=False).title == "Builders"
    assert ada.list(kept).title == "Builders"
    ada.list_accounts_delete(kept, [him])
    assert ada.list_accounts(kept) == []
    ada.list_delete(kept)
    assert kept.id not in [found.id for found in ada.lists()]
    ada.account_unfollow(him)


def a_filter_hides_words_and_posts(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    hiding = ada.create_filter_v2(
        "Spoilers", ["public", "home"], "warn", keywords_attributes=[{"keyword": "finale", "whole_word": True}]
    )
    assert (hiding.title, hiding.keywords[0].keyword) == ("Spoilers", "finale")
    added = ada.add_filter_keyword_v2(hiding, "ending", whole_word=False)
    assert {found.keyword for found in ada.filter_keywords_v2(hiding)} == {"finale", "ending"}
    said = ben.status_post("What an ending!")
    (result,) = ada.status(said).filtered
    assert (result.filter.title, result.keyword_matches) == ("Spoilers", ["ending"])
    ada.delete_filter_keyword_v2(added)
    assert not ada.status(said).filtered
    hidden = ada.add_filter_status_v2(hiding, said)
    assert ada.filter_status_v2(hidden).status_id == said.id
    assert [found.id for found in ada.filter_statuses_v2(hiding)] == [hidden.id]
    ada.delete_filter_status_v2(hidden)
    assert ada.update_filter_v2(hiding, title="No spoilers", filter_action="hide").filter_action == "hide"
    assert ada.filter_v2(hiding).title == "No spoilers"
    assert [found.id for found in ada.filters_v2()] == [hiding.id]
    ada.delete_filter_v2(hiding)
    assert ada.filters_v2() == []


def an_old_filter_hides_a_phrase(stage: Stage) -> None:
    ada = stage.person("ada")
    hiding = ada.filter_create("cold soup", ["home", "thread"], whole_word=True)
    assert (ada.filter(hiding).phrase, ada.filter(hiding).context) == ("cold soup", ["home", "thread"])
    assert ada.filter_update(hiding, phrase="hot soup", context=["home"]).phrase == "hot soup"
    kept = [ada.status_post(text) for text in ("Tea", "Hot soup again")]
    assert [status.id for status in ada.filters_apply(kept, ada.filters(), "home")] == [kept[0].id]
    ada.filter_delete(hiding)
    with pytest.raises(MastodonNotFoundError):
        ada.filter(hiding)


def hashtags_are_followed_and_featured(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    assert ada.tag_follow("punchcards").following
    assert [tag.name for tag in ada.followed_tags()] == ["punchcards"]
    said = ben.status_post("New #punchcards")
    assert eventually(lambda: [status for status in ada.timeline_home() if status.id == said.id])
    assert ada.tag("punchcards").following
    assert not ada.tag_unfollow("punchcards").following
    ada.status_post("My own #punchcards and #looms")
    assert "looms" in [tag.name for tag in ada.featured_tag_suggestions()]
    featured = ada.featured_tag_create("punchcards")
    assert [tag.name for tag in ada.featured_tags()] == ["punchcards"]
    assert [tag.name for tag in ben.account_featured_tags(ada.me())] == ["punchcards"]
    ada.featured_tag_delete(featured)
    assert ada.tag_feature("looms").featuring
    assert not ada.tag_unfeature("looms").featuring


def a_conversation_is_read(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    # What strangers whisper is filtered, unless one says otherwise.
    ada.account_follow(ben.me())
    said = ben.status_post("@ada Between us", visibility="direct")
    talk = eventually(lambda: next((c for c in ada.conversations() if c.last_status.id == said.id), None))
    assert (talk.unread, [account.username for account in talk.accounts]) == (True, ["ben"])
    assert not ada.conversations_read(talk).unread
    ada.account_unfollow(ben.me())


def a_place_in_the_timeline_is_remembered(stage: Stage) -> None:
    ada = stage.person("ada")
    read = ada.status_post("Up to here")
    marker = ada.markers_set(["home"], [read]).home
    assert ada.markers_get("home").home.last_read_id == marker.last_read_id == str(read.id)
    assert ada.preferences()["posting:default:visibility"] == "public"


def things_are_searched_for(stage: Stage) -> None:
    ada, ben = stage.person("ada"), stage.person("ben")
    said = ada.status_post("The #jacquard loom weaves algebra")
    found = eventually(lambda: ada.search_v2("algebra from:me", result_type="statuses").statuses)
    assert [status.id for status in found] == [said.id]
    assert "ben" in [account.username for account in ada.search("ben", result_type="accounts").accounts]
    tags = ada.search("jacquard", result_type="hashtags", exclude_unreviewed=False).hashtags
    assert [tag.name for tag in tags] == ["jacquard"]
    by_address = ada.search_v2(ben.me().url, resolve=True).accounts
    assert [account.username for account in by_address] == ["ben"]


def what_many_speak_of_goes_round(stage: Stage) -> None:
    ada, ben, cleo = stage.person("ada"), stage.person("ben"), stage.person("cleo")
    for person in (ada, ben, cleo):
        person.status_post("Up in the air #balloons")
    stage.operate("trends", "allow", "balloons")
    for trending in (ada.trending_tags(limit=5), ada.trends(limit=5)):
        assert all(tag.name for tag in trending)
    assert all(status.account.discoverable for status in ada.trending_statuses(limit=5))
    assert all(card.url for card in ada.trending_links(limit=5))
