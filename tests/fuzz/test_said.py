"""Whatever a server says that signs well, nothing breaks, and it changes nothing but what is its own."""

import msgspec
import pytest
from fuzz.hostile import CHANGES, TERMS, Change, changed, written
from fuzz.samples import SAMPLES, World
from fuzz.scene import LONGEST, TOGETHER, Scene, share
from hypothesis import given
from hypothesis import strategies as st
from structlog.processors import format_exc_info
from structlog.testing import capture_logs


class Said(msgspec.Struct, frozen=True):
    kind: str
    changes: list[Change]
    other: str
    twice: str | None
    inbox: int


SAID = st.builds(
    Said,
    st.sampled_from(sorted(SAMPLES)),
    CHANGES,
    st.sampled_from(sorted(SAMPLES)),
    st.none() | st.sampled_from(sorted(TERMS)),
    st.integers(0, 5),
)


def body_of(said: Said, world: World) -> bytes:
    others = [SAMPLES[said.other](world), *([SAMPLES[said.kind](world)])]
    document = changed(SAMPLES[said.kind](world), said.changes, world.uris, others)
    return written(document, said.twice)


@pytest.mark.timeout(LONGEST)
@share(7)
@given(everything=st.lists(SAID, min_size=TOGETHER, max_size=TOGETHER))
async def test_nothing_that_is_said_breaks_anything_or_touches_what_is_not_the_speakers(
    scene: Scene, everything: list[Said]
) -> None:
    letters = [(body_of(said, scene.world), said.inbox) for said in everything]
    try:
        await hear(scene, letters)
    except AssertionError:
        # Which of them it was: each alone.
        for letter in letters:
            await hear(scene, [letter])
        raise


async def hear(scene: Scene, letters: list[tuple[bytes, int]]) -> None:
    world, door = scene.world, scene.door
    inboxes = ("/inbox", f"/ap/users/{world.alice.id}/inbox", "/actor/inbox")
    await scene.begin_again()
    with capture_logs(processors=[format_exc_info]) as logged:
        answers = [await door.deliver(world.mallory, body, to=inboxes[n % len(inboxes)]) for body, n in letters]
        await door.settle()
    shown = [body[:3_000] for body, _ in letters]
    assert {answer.status_code for answer in answers} <= {202, 400, 401, 403, 413, 422}, shown
    await scene.check(logged, shown)
