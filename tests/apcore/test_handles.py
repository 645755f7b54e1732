"""Handles and hosts."""

import pytest

from apcore.handles import Handle, host_in_ascii, parse


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("acct:alice@Alpha.Test", Handle("alice", "alpha.test")),
        ("@bob@beta.localhost:8444", Handle("bob", "beta.localhost:8444")),
        ("alice", Handle("alice")),
        ("@a.b-c_d@x.test", Handle("a.b-c_d", "x.test")),
        ("zoë@x.test", None),
        ("eve@bücher.example", Handle("eve", "xn--bcher-kva.example")),
        ("x@evil.test/admin?", None),
        ("x@localhost:1234/abc", None),
        ("x@127.0.0.1#", None),
        ("x@127.0.0.1:6379", None),
        ("x@[::1]", None),
        ("x@", None),
        ("x@a@b", None),
        ("x@host:0", None),
        ("x@host:99999", None),
        ("x@-.test", None),
        (".x@y.test", None),
        ("", None),
        ("a\n@x.test", None),
        ("a" * 3000, None),
        ("a." * 50_000, None),
    ],
)
def test_a_handle_is_taken_apart_or_refused(written, expected):
    assert parse(written) == expected


def test_a_handle_is_written_as_it_is_read():
    assert parse(Handle("bob", "beta.localhost:8444").acct) == Handle("bob", "beta.localhost:8444")


def test_a_final_dot_is_not_another_host():
    assert host_in_ascii("Good.Test.") == "good.test"
