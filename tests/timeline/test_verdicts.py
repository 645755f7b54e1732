"""What becomes of a notification, as a table."""

import datetime as dt

import msgspec
import pytest

from social.users.model import Role
from timeline.verdicts import Facts, Sender, Verdict, Wishes, decide

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
OLD = NOW - dt.timedelta(days=31)
STRANGER = Facts(
    account_id=1,
    role=Role.USER,
    wishes=Wishes(),
    unwelcome=False,
    permitted=False,
    follows=False,
    followed_since=None,
    answered=False,
)
FRIEND = msgspec.structs.replace(STRANGER, follows=True, followed_since=OLD)
EVERYTHING = dict.fromkeys(Wishes.__struct_fields__, "drop")


def decided(kind: str, facts: Facts, *, in_private: bool = False, sender: dict | None = None, **wishes: str) -> Verdict:
    who = {"created_at": OLD, "is_bot": False, "is_limited": False, "role": None} | (sender or {})
    return decide(kind, Sender(**who), but(facts, wishes=Wishes(**wishes)), in_private=in_private, now=NOW)


def but(facts: Facts, **changes: object) -> Facts:
    return msgspec.structs.replace(facts, **changes)


@pytest.mark.parametrize(("facts", "wishes", "sender", "verdict"), [
    (STRANGER, {}, {}, "accept"),
    (STRANGER, {"for_not_following": "filter"}, {}, "filter"),
    (STRANGER, {"for_not_following": "drop"}, {}, "drop"),
    (FRIEND, {"for_not_following": "drop"}, {}, "accept"),
    (STRANGER, {"for_not_followers": "filter"}, {}, "filter"),
    (but(STRANGER, followed_since=NOW - dt.timedelta(days=2)), {"for_not_followers": "filter"}, {}, "filter"),
    (but(STRANGER, followed_since=NOW - dt.timedelta(days=4)), {"for_not_followers": "filter"}, {}, "accept"),
    (but(FRIEND, followed_since=None), {"for_not_followers": "filter"}, {}, "filter"),
    (STRANGER, {"for_new_accounts": "filter"}, {"created_at": NOW - dt.timedelta(days=29)}, "filter"),
    (STRANGER, {"for_new_accounts": "filter"}, {"created_at": OLD}, "accept"),
    (FRIEND, {"for_new_accounts": "filter"}, {"created_at": NOW}, "accept"),
    (STRANGER, {}, {"is_limited": True}, "filter"),
    (STRANGER, {"for_limited_accounts": "accept"}, {"is_limited": True}, "accept"),
    (FRIEND, {}, {"is_limited": True}, "accept"),
    (STRANGER, {"for_bots": "drop"}, {"is_bot": True}, "drop"),
    (STRANGER, {"for_bots": "drop"}, {}, "accept"),
    (STRANGER, {"for_not_following": "filter", "for_bots": "drop"}, {"is_bot": True}, "drop"),
    (but(STRANGER, permitted=True), EVERYTHING, {"is_limited": True}, "accept"),
    (but(STRANGER, permitted=True, unwelcome=True), {}, {}, "drop"),
    (STRANGER, EVERYTHING, {"role": Role.MODERATOR}, "accept"),
    (STRANGER, EVERYTHING, {"role": Role.USER}, "drop"),
    (but(STRANGER, role=Role.OWNER), EVERYTHING, {"role": Role.MODERATOR}, "drop"),
])  # fmt: skip
def test_the_receiver_says_whose_mentions_are_heard(facts, wishes, sender, verdict):
    assert decided("mention", facts, sender=sender, **wishes) is Verdict(verdict)


@pytest.mark.parametrize(("facts", "in_private", "verdict"), [
    (STRANGER, True, "filter"),
    (STRANGER, False, "accept"),
    (but(STRANGER, answered=True), True, "accept"),
    (FRIEND, True, "accept"),
])  # fmt: skip
def test_strangers_who_write_in_private_wait_unless_they_were_written_to(facts, in_private, verdict):
    assert decided("mention", facts, in_private=in_private) is Verdict(verdict)


@pytest.mark.parametrize(("kind", "verdict"), [
    *((kind, "drop") for kind in ("mention", "quote", "reblog", "favourite", "follow", "follow_request")),
    *((kind, "accept") for kind in ("status", "poll", "update", "quoted_update", "admin.report", "admin.sign_up")),
])  # fmt: skip
def test_what_was_asked_for_is_always_told(kind, verdict):
    assert decided(kind, STRANGER, **EVERYTHING) is Verdict(verdict)
