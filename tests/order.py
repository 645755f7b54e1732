"""Which tests come when, and which together, where processes share them out by file."""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/clients/", "tests/federation/")
"""Whose tests ask for alpha and beta: in one process, so that the two are started once."""

FIRST = (*TOGETHER, "tests/deploy/test_running.py", "tests/mastoapi/test_any_request.py", "tests/murmuration/")
"""What takes longest: begun last, it would keep one process busy when the other has nothing left."""


class TogetherByFile(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return "alpha and beta" if nodeid.startswith(TOGETHER) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TogetherByFile | None:
    return TogetherByFile(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> int:
    return next((rank for rank, path in enumerate(FIRST) if nodeid.startswith(path)), len(FIRST))
