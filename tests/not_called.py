"""Which methods of a client no test calls, and why: said at the end of the run."""

from collections import defaultdict

import pytest

NOT_CALLED = "not called"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tests record what they leave out as a property; it reaches this process from whichever ran them."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for report in terminalreporter.stats.get("passed", []):
        for method, reason in dict(report.user_properties).get(NOT_CALLED, {}).items():
            reasons[reason].append(method)
    for reason, methods in reasons.items():
        terminalreporter.write_line(f"not called, for {reason}: {', '.join(methods)}")
