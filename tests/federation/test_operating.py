"""What an operator sees and does with the command line of a server that runs."""

import re
import subprocess

import pytest
from federation.world import Person, operate
from waiting import eventually

from native.server import Server


@pytest.fixture
def there(beta: Server) -> str:
    """How alpha calls beta."""
    return beta.settings.domain


async def test_the_doctor_finds_everything_in_order(alpha: Server, people: tuple[Person, Person]) -> None:
    said = await operate(alpha, "doctor")
    found = dict(re.findall(r"^(.) ([^:]+): ", said, re.MULTILINE))
    assert "✗" not in found, said
    assert len(re.findall(r"^[✓!] ", said, re.MULTILINE)) == 12
    assert f"is {alpha.base_url}/actor" in said


def test_the_doctor_says_what_is_ill_and_examines_the_rest(alpha: Server) -> None:
    exports, _, program = alpha.home.wrapper.read_text(encoding="utf-8").partition("exec ")
    script = f"{exports}export MURMURATION_REDIS_URL=redis://127.0.0.1:1/0\nexec {program}"
    done = subprocess.run(["sh", "-c", script, "sh", "doctor"], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert re.search(r"^✗ Redis: ", done.stdout, re.MULTILINE), done.stdout
    assert re.search(r"^✓ Database: ", done.stdout, re.MULTILINE)


async def test_a_post_is_traced_to_those_whom_it_reached(
    alpha: Server, there: str, people: tuple[Person, Person]
) -> None:
    alice, bob = people
    said = await alice.post("Follow me all the way")
    await bob.sees(said["uri"])

    async def traced() -> str:
        return (await operate(alpha, "posts", "trace", said["id"])).split(": ")[1]

    await eventually(traced, is_="delivered to 1 of 1 servers")


async def test_a_paused_server_is_held_shown_tried_and_given_up(
    alpha: Server, there: str, people: tuple[Person, Person]
) -> None:
    alice, bob = people
    await operate(alpha, "peers", "pause", there)
    try:
        # Workers look who is paused once a second: what is said in that second may still go out.
        await eventually(lambda: _is_held_back(alpha, alice, "You may still read this"))
        lost = await alice.post("Nobody there ever reads this")
        await eventually(lambda: _waits(alpha, lost["id"]))
        shown = await operate(alpha, "peers", "show", there)
        assert re.search(r"State +paused", shown), shown
        assert re.search(r"Held +[1-9]", shown), shown
        assert there in await operate(alpha, "peers", "list", "--unwell")
        assert "deliveries to" in await operate(alpha, "peers", "drop", there, "--yes")
    finally:
        await operate(alpha, "peers", "resume", there)
    kept = await alice.post("But this they do")
    await bob.sees(kept["uri"])
    assert "refused: dropped" in await operate(alpha, "posts", "trace", lost["id"])
    assert all(status["uri"] != lost["uri"] for status in await bob.home(40))


async def _is_held_back(alpha: Server, speaker: Person, text: str) -> bool:
    """Say something; whether it waits, and does not arrive."""
    said = await speaker.post(text)
    return await eventually(lambda: _settled(alpha, said["id"])) == "waits"


async def _waits(alpha: Server, status_id: str) -> bool:
    return "Not there yet" in await operate(alpha, "posts", "trace", status_id)


async def _settled(alpha: Server, status_id: str) -> str | None:
    traced = await operate(alpha, "posts", "trace", status_id)
    return "waits" if "Not there yet" in traced else "arrived" if "delivered to 1 of 1" in traced else None


async def test_one_screen_shows_rates_backlogs_and_servers(alpha: Server, people: tuple[Person, Person]) -> None:
    screen = await operate(alpha, "top", "--once", "--every", "0.5")
    assert alpha.settings.domain in screen
    for word in ("Each second", "Requests answered", "Deliveries arrived", "Held", "Servers"):
        assert word in screen, screen
