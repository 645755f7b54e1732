"""What the server puts in writing."""

import datetime as dt

import pytest
from talking import Person

from api_gateway.resources import Resources
from chassis.clock import utc_now
from chassis.db import Database
from social.server import store

TERMS = "/api/v1/instance/terms_of_service"


async def test_a_policy_is_there_until_one_is_written(alice: Person, resources: Resources) -> None:
    usual = await alice.unknown.get("/api/v1/instance/privacy_policy")
    assert "push service" in usual["content"]
    async with resources.db.transaction() as tx:
        await store.set_setting(tx, "privacy_policy", "<p>Ours</p>")
    assert (await alice.unknown.get("/api/v1/instance/privacy_policy"))["content"] == "<p>Ours</p>"


async def test_terms_follow_one_another(alice: Person, resources: Resources) -> None:
    await alice.unknown.get(TERMS, 404)
    today = utc_now().date()
    past, future = today - dt.timedelta(days=9), today + dt.timedelta(days=9)
    async with resources.db.transaction() as tx:
        await store.set_terms(tx, future, "<p>New</p>")
    assert (await alice.unknown.get(TERMS))["effective"] is False
    async with resources.db.transaction() as tx:
        await store.set_terms(tx, past, "<p>Old</p>")
    old = {"effective_date": str(past), "effective": True, "content": "<p>Old</p>", "succeeded_by": str(future)}
    assert await alice.unknown.get(TERMS) == old
    new = await alice.unknown.get(f"{TERMS}/{future}")
    assert (new["effective"], new["succeeded_by"]) == (False, None)
    assert await alice.unknown.get(TERMS, date=str(future)) == new
    await alice.unknown.get(f"{TERMS}/{today}", 404)
    await alice.unknown.get(f"{TERMS}/yesterday", 404)


async def test_languages_are_named_by_themselves(alice: Person) -> None:
    names = {language["code"]: language["name"] for language in await alice.unknown.get("/api/v1/instance/languages")}
    assert (names["de"], names["ja"]) == ("Deutsch", "日本語")
    assert len(names) > 150


@pytest.mark.parametrize(
    ("shown", "strangers", "ours"), [("all", 200, 200), ("users", 404, 200), ("disabled", 404, 404)]
)
async def test_who_sees_which_servers_are_blocked(
    alice: Person, resources: Resources, shown: str, strangers: int, ours: int
) -> None:
    async with resources.db.transaction() as tx:
        await store.set_setting(tx, "show_domain_blocks", shown)
    await alice.unknown.get("/api/v1/instance/domain_blocks", strangers)
    await alice.get("/api/v1/instance/domain_blocks", ours)


async def test_what_there_is_none_of(alice: Person) -> None:
    assert (await alice.ask("GET", "/api/v1/donation_campaigns")).status_code == 204
    await alice.unknown.get("/api/v1/donation_campaigns", 401)
    await alice.unknown.get("/invite/abc", 404)
    await alice.unknown.post(f"/api/v1/accounts/{alice.id}/email_subscriptions", 404, email="a@b.example")


async def test_what_settings_say_is_in_the_instance(alice: Person, superuser: Database) -> None:
    await superuser.execute(
        "INSERT INTO social.server_settings VALUES ('min_age', '16'), ('closed_message', '\"Full\"'), "
        "('status_page', '\"https://status.example\"')"
    )
    found = await alice.unknown.get("/api/v2/instance")
    assert (found["registrations"]["min_age"], found["registrations"]["message"]) == (16, "Full")
    assert found["configuration"]["urls"]["status"] == "https://status.example"
