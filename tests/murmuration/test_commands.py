"""The operator's commands, run as an operator runs them."""

import asyncio
import os
from collections.abc import AsyncIterator

import pytest
from operating import Run, bound_to

from chassis.db import Database
from native.infrastructure import Infrastructure
from social.accounts import store as accounts
from social.oauth import store
from social.oauth.model import hash_of
from social.users import store as users
from social.users.model import Role
from social.users.passwords import Passwords


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """On an empty database."""
    return bound_to(environment)


@pytest.fixture(scope="module")
async def town(infrastructure: Infrastructure, template: str) -> AsyncIterator[Run]:
    """On a database that these tests share, where alice and bob live."""
    name = f"town_{os.getpid()}"
    await infrastructure.create_database(name, template=template)
    run = bound_to(infrastructure.environment(name))
    for person in ("alice", "bob"):
        done = run(f"accounts create {person} --email {person}@mail.example --password long-enough --confirmed")
        assert (done.returncode, done.stderr) == (0, "")
    yield run
    await infrastructure.drop_database(name)


async def test_an_account_is_made_with_keys_and_a_person(run: Run, gateway: Database) -> None:
    said = run("accounts create alice --email alice@mail.example --password long-enough --confirmed").stdout
    assert "long-enough" not in said
    account = await accounts.by_handle(gateway, "alice", None)
    assert account is not None
    assert account.uri == f"https://ours.test/ap/users/{account.id}"
    assert (await accounts.private_key_of(gateway, account.id) or "").startswith("-----BEGIN PRIVATE KEY-----")
    person = await users.credentials_of(gateway, account.id)
    assert person is not None
    assert person.may_sign_in
    assert await Passwords().is_right("long-enough", person.password_hash)
    assert await gateway.fetchval("SELECT topic FROM api_gateway.outbox") == "account.created"


async def test_a_password_is_made_up_and_shown(run: Run, gateway: Database) -> None:
    said = run("accounts create bob --email bob@mail.example --role admin").stdout
    person = await users.credentials_by_email(gateway, "bob@mail.example")
    assert person is not None
    assert await Passwords().is_right(said.split("Password: ")[1].strip(), person.password_hash)
    assert (person.role, person.confirmed_at) == (Role.ADMIN, None)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("accounts create ALICE --email other@mail.example", "Username has already been taken."),
        ("accounts create carol --email Alice@mail.example", "E-mail address has already been taken."),
        ("accounts create bo-b --email bob@mail.example", "Username must contain only letters"),
        ("accounts create carol --email nowhere", "E-mail address is invalid."),
        ("accounts create carol --email carol@mail.example --password short", "Password is too short"),
        (
            "accounts create carol@else.test --email carol@mail.example",
            "carol@else.test is not an account of ours.test.",
        ),
        ("accounts token carol", "There is no account @carol on ours.test."),
        ("accounts token alice --scopes everything", "There is no scope everything"),
        ("accounts role carol Admin", "There is no account @carol on ours.test."),
        ("accounts show carol", "There is no account @carol on ours.test."),
    ],
)
def test_what_cannot_be_done_gets_one_sentence(town: Run, words: str, sentence: str) -> None:
    done = town(words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


async def test_a_token_is_all_that_is_printed(run: Run, gateway: Database) -> None:
    run("accounts create alice --email alice@mail.example --password long-enough")
    token = run("accounts token alice --scopes", "read write:statuses").stdout.removesuffix("\n")
    bearer = await store.bearer_of(gateway, hash_of(token))
    assert bearer is not None
    assert bearer.account is not None
    assert (bearer.account.username, bearer.token.scopes) == ("alice", ["read", "write:statuses"])


def test_a_chosen_token_may_be_asked_for_twice(town: Run) -> None:
    for _ in range(2):
        assert town("accounts token alice --value twice").stdout == "twice\n"


def test_a_chosen_token_stays_with_whom_it_was_made_for(town: Run) -> None:
    town("accounts token alice --value hers")
    assert town("accounts token bob --value hers").returncode == 1


def test_a_token_is_chosen_in_development_only(town: Run) -> None:
    done = town("accounts token alice --value chosen", development="false")
    assert (done.returncode, done.stdout) == (1, "")


def test_a_role_is_given_and_seen(town: Run) -> None:
    assert town("accounts role @bob@ours.test moderator").stdout == "@bob is Moderator now\n"
    assert "Moderator" in town("accounts show bob").stdout
    (line,) = [line for line in town("accounts list").stdout.splitlines() if "@bob" in line]
    assert line.split() == ["@bob", "bob@mail.example", "Moderator", "active"]


async def test_a_new_password_ends_what_was_before(run: Run, gateway: Database) -> None:
    run("accounts create alice --email alice@mail.example --password long-enough")
    token = run("accounts token alice").stdout.strip()
    said = run("accounts password alice").stdout
    person = await users.credentials_by_email(gateway, "alice@mail.example")
    assert person is not None
    assert await Passwords().is_right(said.split("Password: ")[1].strip(), person.password_hash)
    assert await store.bearer_of(gateway, hash_of(token)) is None


def test_migrating_twice_is_the_same_as_once(run: Run) -> None:
    for _ in range(2):
        done = run("migrate --only database")
        assert (done.returncode, done.stdout.startswith("Database: social, ")) == (0, True)


async def test_an_unprepared_database_is_told_apart(town: Run, infrastructure: Infrastructure) -> None:
    name = f"bare_{os.getpid()}"
    await infrastructure.create_database(name)
    done = await asyncio.to_thread(town, "accounts list", database_url=infrastructure.database_url(name))
    await infrastructure.drop_database(name)
    assert done.stderr == "The database is not prepared for this release: run murmuration migrate first.\n"


@pytest.mark.parametrize("words", ["accounts list", "migrate"])
def test_a_wrong_password_of_the_database_is_told(town: Run, words: str) -> None:
    done = town(words, database_password="wrong")
    assert done.stderr == "The database refuses the password in MURMURATION_DATABASE_PASSWORD.\n"


def test_each_queue_is_listed_with_its_depth(town: Run) -> None:
    town("migrate --only broker")
    lines = town("queues list").stdout.splitlines()
    (line,) = [line.split() for line in lines if line.strip().startswith("media.uploads")]
    assert len(line) == 5
    assert all(number.isdigit() for number in line[1:])


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        ("accounts list", {"database_url": "postgresql://127.0.0.1:1/nothing"}),
        ("queues list", {"amqp_url": "amqp://guest:guest@127.0.0.1:1/"}),
    ],
)
def test_what_does_not_answer_has_an_exit_code_of_its_own(town: Run, words: str, settings: dict[str, str]) -> None:
    done = town(words, **settings)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)


@pytest.mark.parametrize(
    "settings",
    [{"domain": "social.example.com"}, {"database_pool_size": "many"}],
)
def test_a_bad_setting_is_named(town: Run, settings: dict[str, str]) -> None:
    done = town("accounts list", **settings)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "MURMURATION_" in done.stderr


def test_the_version_is_told(town: Run) -> None:
    assert town("version").stdout.startswith("murmuration ")
