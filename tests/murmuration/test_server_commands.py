"""What the server says of itself, set by its operator."""

import datetime as dt
from pathlib import Path

import pytest
from operating import Run, bound_to

from chassis.db import Database
from chassis.errors import Invalid
from social.policies import store as policies
from social.server import store
from social.server.actions import value_of


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    return bound_to(environment)


async def test_settings_are_set_and_shown(run: Run, gateway: Database, tmp_path: Path) -> None:
    assert run("server set registrations approval").returncode == 0
    page = tmp_path / "policy.html"
    page.write_text("<p>Ours<script>alert(1)</script></p>")
    assert run("server set", "privacy_policy", f"@{page}").returncode == 0
    about = await store.about(gateway)
    assert (about.registrations, about.privacy_policy) == ("approval", "<p>Ours</p>")
    assert about.updated_at is not None
    assert "registrations: 'approval'" in run("server show").stdout


async def test_terms_are_published_from_a_day_on(run: Run, gateway: Database) -> None:
    assert run("server terms 2026-01-01", "<p>Be kind</p>").returncode == 0
    assert run("server terms tomorrow", "<p>Be kind</p>").returncode != 0
    found = await store.terms_in_force(gateway, dt.date(2026, 6, 1))
    assert found is not None
    assert found.content == "<p>Be kind</p>"


async def test_who_waits_is_let_in_or_turned_away(run: Run, superuser) -> None:
    for name in ("carol", "dave"):
        run(f"accounts create {name} --email {name}@mail.example --confirmed")
    await superuser.execute("UPDATE social.users SET awaits_approval = true")
    assert "may come in" in run("accounts approve carol").stdout
    assert "does not wait" in run("accounts approve carol").stderr
    assert run("accounts reject dave").returncode == 0
    assert run("accounts reject carol").returncode == 1
    assert [row["username"] for row in await superuser.fetch("SELECT username FROM social.accounts")] == ["carol"]


async def test_the_list_of_servers_to_talk_with_is_kept(run: Run, gateway: Database) -> None:
    assert run("domains allow Far.Example").returncode == 0
    assert "already" in run("domains allow far.example").stderr
    listed = run("domains allowed").stdout
    assert "far.example" in listed
    assert "LIMITED_FEDERATION is off" in listed
    assert not (await policies.everything(gateway, is_limited=True)).is_stranger("far.example")
    assert (await policies.everything(gateway, is_limited=True)).is_stranger("sub.far.example")
    assert not (await policies.everything(gateway, is_limited=False)).is_stranger("near.example")
    assert run("domains disallow far.example").returncode == 0
    assert run("domains disallow far.example").returncode == 1


@pytest.mark.parametrize(
    ("name", "text"), [("nothing", "x"), ("registrations", "maybe"), ("min_age", "old"), ("show_domain_blocks", "")]
)
def test_what_makes_no_sense_is_refused(name: str, text: str) -> None:
    with pytest.raises(Invalid):
        value_of(name, text)


def test_values_are_read_as_people_write_them() -> None:
    assert value_of("languages", "de, en") == ["de", "en"]
    assert value_of("suggested_accounts", "alice, eve@far.example") == ["alice", "eve@far.example"]
    assert (value_of("min_age", "16"), value_of("min_age", "")) == (16, None)


def test_relays_are_joined_left_and_forgotten(environment: dict[str, str], run: Run) -> None:
    inbox = "https://relay.example/inbox"
    assert "There are no relays" in run("relays list").stdout
    assert f"{inbox} is asked" in run(f"relays add {inbox}").stdout
    assert "known already" in run(f"relays add {inbox}").stderr
    assert run("relays list").stdout.split() == ["pending", inbox]
    assert run(f"relays disable {inbox}").returncode == 0
    assert "already" in run(f"relays disable {inbox}").stderr
    assert run("relays list").stdout.split() == ["idle", inbox]
    assert run(f"relays enable {inbox}").returncode == 0
    assert run(f"relays remove {inbox}").returncode == 0
    assert "There is no relay" in run(f"relays remove {inbox}").stderr
    assert "no address" in run("relays add nonsense").stderr
    secure = bound_to(environment | {"MURMURATION_AUTHORIZED_FETCH": "true"})
    assert "Relays carry nothing" in secure(f"relays add {inbox}").stderr
