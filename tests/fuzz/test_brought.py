"""Whatever others bring that somebody once signed, changed on the way, nothing breaks and nobody is spoken for."""

import datetime as dt
from typing import Any

import msgspec
import pytest
from fuzz.hostile import CHANGES, Change, changed, written
from fuzz.samples import SAMPLES
from fuzz.scene import LONGEST, TOGETHER, Scene, share
from hypothesis import given
from hypothesis import strategies as st
from neighbours import Neighbours, Person
from structlog.processors import format_exc_info
from structlog.testing import capture_logs

from apcore import keys
from apcore.signatures import ld, proofs
from apcore.signatures.proofs import Prover

KINDS = [kind for kind in sorted(SAMPLES) if kind.startswith(("Create", "Update", "Delete", "Follow"))]
PROVING = keys.generate_ed25519()


class Brought(msgspec.Struct, frozen=True):
    kind: str
    has_proof: bool
    changes: list[Change]
    seal_changes: list[Change]


BROUGHT = st.builds(Brought, st.sampled_from(KINDS), st.booleans(), CHANGES | st.just([]), CHANGES | st.just([]))


@pytest.fixture
def changes() -> dict[str, object]:
    return {"believe_ld_signatures": True}


@pytest.fixture
def eve(neighbours: Neighbours) -> Person:
    """Who brings what others said."""
    return neighbours.person("eve", "good.localhost", key=2)


def sealed(by: Person, document: dict[str, Any], *, has_proof: bool) -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC)
    if has_proof:
        method = f"{by.uri}#ed25519-key"
        return proofs.prove(document, Prover(key_id=method, key=keys.load_ed25519(PROVING.private_pem)), now)
    return ld.sign(document, by.key_id, keys.load_private(by.pair.private_pem), now)


def body_of(scene: Scene, brought: Brought) -> bytes:
    world = scene.world
    document = sealed(world.mallory, SAMPLES[brought.kind](world), has_proof=brought.has_proof)
    uris, others = world.uris, [SAMPLES["Create"](world)]
    seal = "proof" if brought.has_proof else "signature"
    whole = changed(document, brought.changes, uris, others) | {
        seal: changed({seal: document[seal]}, brought.seal_changes, uris, others).get(seal)
    }
    return written(whole)


@pytest.mark.timeout(LONGEST)
@share(1)
@given(everything=st.lists(BROUGHT, min_size=TOGETHER, max_size=TOGETHER))
async def test_nothing_that_others_bring_breaks_anything_or_speaks_for_anybody_else(
    scene: Scene, eve: Person, everything: list[Brought]
) -> None:
    mallory = scene.world.mallory
    method = f"{mallory.uri}#ed25519-key"
    key = {"id": method, "type": "Multikey", "controller": mallory.uri, "publicKeyMultibase": PROVING.multikey}
    mallory.profile["assertionMethod"] = [key]
    mallory.publish()
    bodies = [body_of(scene, brought) for brought in everything]
    try:
        await hear(scene, eve, bodies)
    except AssertionError:
        # Which of them it was: each alone.
        for body in bodies:
            await hear(scene, eve, [body])
        raise


async def hear(scene: Scene, eve: Person, bodies: list[bytes]) -> None:
    await scene.begin_again()
    with capture_logs(processors=[format_exc_info]) as logged:
        answers = {(await scene.door.deliver(eve, body)).status_code for body in bodies}
        await scene.door.settle()
    shown = [body[:3_000] for body in bodies]
    assert answers <= {202, 400, 401, 403, 413, 422}, shown
    await scene.check(logged, shown)
