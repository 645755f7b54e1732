"""Mastodon.py is asked for everything it knows that we have built, on a whole server."""

import inspect
from collections.abc import Callable
from types import ModuleType

import pytest
from clients.mastodon_py import accounts, curation, hearing, left_out, server, statuses, streaming
from clients.mastodon_py.stage import Stage, public_methods

from native.server import Server

Scenario = Callable[[Stage], None]


def scenarios(*modules: ModuleType) -> list[Scenario]:
    """The public functions of these modules, in the order of their lines."""
    return [
        found
        for module in modules
        for name, found in vars(module).items()
        if inspect.isfunction(found) and found.__module__ == module.__name__ and not name.startswith("_")
    ]


SCENARIOS = scenarios(server, accounts, statuses, curation, hearing, streaming)


@pytest.fixture(scope="module")
def stage(alpha: Server) -> Stage:
    return Stage(alpha)


@pytest.mark.filterwarnings("ignore::mastodon.errors.MastodonDeprecationWarning")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda found: found.__name__)
def test_with_mastodon_py(scenario: Scenario, stage: Stage) -> None:
    scenario(stage)
    stage.played.add(scenario.__name__)


def test_every_method_is_called_or_explained(stage: Stage, record_property: Callable[[str, object], None]) -> None:
    if len(stage.played) < len(SCENARIOS):
        pytest.skip("not all scenarios were played to their end")
    missing = sorted(public_methods() - stage.called)
    unexplained = [method for method in missing if left_out.reason(method) is None]
    assert not unexplained
    assert not [method for method in left_out.NOT_CALLED if method in stage.called]
    record_property("not called", {f"Mastodon.py {method}": left_out.reason(method) for method in missing})
