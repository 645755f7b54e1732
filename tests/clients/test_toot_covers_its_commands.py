"""toot is run with every command it lists, on a whole server."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clients.mastodon_py.stage import PASSWORD, Stage, eventually
from clients.toot_terminal import Terminal, commands
from pictures import a_picture

from native import authority
from native.server import Server

NOT_RUN = {
    "login_cli": "Mastodon gives no token for a password any more",
    "tui": "it is for a person to look at",
}


@pytest.fixture(scope="module", autouse=True)
def authority_is_trusted() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(authority.certificate_file()))
        patch.setenv("NO_PROXY", "*")
        yield


@pytest.fixture(scope="module")
def run() -> set[str]:
    """The commands that were run so far."""
    return set()


@pytest.fixture(scope="module")
def stage(alpha: Server) -> Stage:
    return Stage(alpha)


def a_terminal(stage: Stage, name: str, folder: Path, run: set[str]) -> Terminal:
    mail = f"{name}@mail.example"
    stage.operate("accounts", "create", name, "--email", mail, "--password", PASSWORD, "--confirmed")
    terminal = Terminal(folder / name, run)
    assert "Successfully logged in" in terminal.login(stage.url, mail, PASSWORD)
    return terminal


@pytest.fixture(scope="module")
def tess(stage: Stage, tmp_path_factory: pytest.TempPathFactory, run: set[str]) -> Terminal:
    return a_terminal(stage, "tess", tmp_path_factory.mktemp("toot"), run)


@pytest.fixture(scope="module")
def tom(stage: Stage, tmp_path_factory: pytest.TempPathFactory, run: set[str]) -> Terminal:
    return a_terminal(stage, "tom", tmp_path_factory.mktemp("toot"), run)


def test_a_person_is_told_who_and_where_they_are(tess: Terminal, tom: Terminal, stage: Stage) -> None:
    handle = f"tess@{stage.server.settings.domain}"
    assert f"* {handle} ACTIVE" in tess("auth")
    assert "activated" in tess("activate", handle)
    assert "@tess" in tess("whoami")
    assert "@tom" in tess("whois", "tom")
    assert stage.server.settings.domain in tess("instance")
    assert "toot" in tess("diag", "--server")
    tess("update-account", "--display-name", "Tess T.", "--language", "en")
    assert tess.json("whoami")["display_name"] == "Tess T."


def test_a_post_is_written_with_a_picture_and_read_in_its_thread(tess: Terminal, tom: Terminal, tmp_path: Path) -> None:
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(a_picture())
    assert tess.json("upload", str(picture), "--description", "Red and blue")["description"] == "Red and blue"
    posted = tess.json("post", "Who is there? #doors", "--media", str(picture), "--description", "Half and half")
    assert posted["media_attachments"][0]["description"] == "Half and half"
    answer = tom.json("post", "@tess I am", "--reply-to", posted["id"])
    assert "I am" in tess("thread", posted["id"])
    assert [status["id"] for status in tess.json("thread", posted["id"])["descendants"]] == [answer["id"]]
    assert "Who is there?" in tess("status", posted["id"])
    assert "deleted" in tess("delete", posted["id"])
    assert "not found" in tess("status", posted["id"], fails=True).lower()


def test_posts_are_liked_boosted_kept_and_pinned(tess: Terminal, tom: Terminal) -> None:
    number = tess.json("post", "Like and share")["id"]
    for verb, flag in (("favourite", "favourited"), ("bookmark", "bookmarked"), ("reblog", "reblogged")):
        tom(verb, number)
        assert tom.json("status", number)[flag] is True
    assert "Like and share" in tom("bookmarks", "--once")
    assert "Like and share" in tom("timelines", "favourites", "--no-pager", "--no-clear")
    assert "tom" in tess("reblogged-by", number)
    for verb, flag in (("unfavourite", "favourited"), ("unbookmark", "bookmarked"), ("unreblog", "reblogged")):
        tom(verb, number)
        assert tom.json("status", number)[flag] is False
    tess("pin", number)
    assert tess.json("status", number)["pinned"] is True
    tess("unpin", number)


def test_timelines_show_what_belongs_there(tess: Terminal, tom: Terminal) -> None:
    tom("follow", "tess")
    tess("post", "All over the place #everywhere")
    for words in (("home",), ("public", "--local"), ("tag", "everywhere"), ("account", "tess")):
        eventually(lambda words=words: "All over the place" in tom("timelines", *words, "--no-pager", "--no-clear"))
    assert "All over the place" in tom("timeline", "--once")
    tom("timelines", "trending", "--no-pager", "--no-clear")
    tom("timelines", "link", "https://news.example/nobody-talks-of-it", "--no-pager", fails=True)
    tom("unfollow", "tess")


def test_a_poll_is_answered(tess: Terminal, tom: Terminal) -> None:
    asked = tess.json("post", "Lunch?", "--poll-option", "Soup", "--poll-option", "Salad")["poll"]
    assert tom.json("polls", "vote", asked["id"], "1")["own_votes"] == [1]
    eventually(lambda: tess.json("polls", "show", asked["id"])["votes_count"] == 1)
    assert "Salad" in tess("polls", "show", asked["id"])


def test_people_follow_mute_and_block(tess: Terminal, tom: Terminal) -> None:
    tess("follow", "tom")
    assert "@tom" in tess("following")
    assert "@tess" in tom("followers")
    tess("unfollow", "tom")
    for verb, shown, undo in (("mute", "muted", "unmute"), ("block", "blocked", "unblock")):
        tess(verb, "tom")
        assert "@tom" in tess(shown)
        tess(undo, "tom")


def test_who_is_locked_decides_who_follows(tess: Terminal, tom: Terminal) -> None:
    tom("update-account", "--locked")
    for verb, follows in (("reject", False), ("accept", True)):
        tess("follow", "tom")
        eventually(lambda: "@tess" in tom("follow-requests", "list"))
        tom("follow-requests", verb, "tess")
        assert ("@tess" in tom("followers")) is follows
    tom("update-account", "--no-locked")


def test_a_list_is_kept(tess: Terminal, tom: Terminal) -> None:
    tess("lists", "create", "Friends")
    assert "Friends" in tess("lists", "list")
    tess("lists", "add", "Friends", "tom")
    assert "@tom" in tess("lists", "accounts", "Friends")
    tom("post", "For the list")
    eventually(lambda: "For the list" in tess("timelines", "list", "Friends", "--no-pager", "--no-clear"))
    tess("lists", "remove", "Friends", "tom")
    tess("lists", "delete", "Friends")
    assert "Friends" not in tess("lists", "list")


def test_hashtags_are_followed_and_featured(tess: Terminal) -> None:
    tess("tags", "follow", "keys")
    assert "keys" in tess("tags", "followed")
    assert "keys" in tess("tags", "info", "keys")
    tess("tags", "unfollow", "keys")
    tess("tags", "feature", "keys")
    assert "keys" in tess("tags", "featured")
    tess("tags", "unfeature", "keys")
    assert "keys" not in tess("tags", "featured")


def test_people_are_found_and_heard(tess: Terminal, tom: Terminal) -> None:
    assert "@tom" in tess("search", "tom")
    tom("post", "@tess Listen")
    eventually(lambda: "Listen" in tess("notifications", "--type", "mention"))
    assert "cleared" in tess("notifications", "--clear")
    assert "no notifications" in tess("notifications")


def test_every_command_is_run_or_explained(
    tom: Terminal, stage: Stage, run: set[str], record_property: Callable[[str, object], None]
) -> None:
    assert "logged out" in tom("logout", f"tom@{stage.server.settings.domain}")
    missing = set(commands()) - run
    if len(missing) > len(NOT_RUN):
        pytest.skip("not all tests of this file were run")
    assert missing == set(NOT_RUN)
    record_property("not called", {f"toot {command}": NOT_RUN[command] for command in sorted(missing)})
