"""How commands speak: results on standard output, one clear sentence for an error, and an exit code."""

import asyncio
import functools
import logging
import sys
from collections.abc import Awaitable, Callable
from typing import Any, NoReturn, ParamSpec

import asyncpg
import structlog
import typer
from rich.console import Console
from rich.markup import escape

from chassis.db import AWAY
from chassis.errors import Problem

P = ParamSpec("P")

REFUSED = 1
"""The command cannot be done as asked."""
AWAY_CODE = 3
"""Something it needs does not answer; trying again later may help. (2 is a wrong way to call.)"""

out = Console()
err = Console(stderr=True)


class Refused(Problem):
    """A command that cannot be done as asked"""


def configure(*, verbose: bool) -> None:
    """Only what goes wrong is logged, and to standard error, so that standard output can be piped."""
    level = logging.DEBUG if verbose else logging.CRITICAL
    logging.basicConfig(level=level, force=True)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def command(function: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Run the coroutine function as a command."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            asyncio.run(_awaited(function(*args, **kwargs)))
        except AWAY as error:
            fail(_away(error), AWAY_CODE)
        except asyncpg.PostgresError as error:
            fail(_of_database(error))
        except Problem as problem:
            fail(problem.explanation.removeprefix("Validation failed: "))
        except ValueError as error:
            fail(_setting(error))

    return run


async def _awaited(awaitable: Awaitable[None]) -> None:
    await awaitable


def fail(sentence: str, code: int = REFUSED) -> NoReturn:
    err.print(f"[red]{escape(sentence.rstrip('.'))}.[/red]", highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def _away(error: Exception) -> str:
    if isinstance(error, Problem):
        return error.explanation
    reason = str(error) or type(error).__name__
    return f"The server's database or broker does not answer ({reason}): is it running, and is MURMURATION_* set?"


def _of_database(error: asyncpg.PostgresError) -> str:
    match error:
        case asyncpg.InvalidAuthorizationSpecificationError():
            return "The database refuses the password in MURMURATION_DATABASE_PASSWORD"
        case asyncpg.InvalidCatalogNameError():
            return "The database that MURMURATION_DATABASE_URL names does not exist"
        case asyncpg.UndefinedTableError() | asyncpg.InvalidSchemaNameError() | asyncpg.UndefinedColumnError():
            return "The database is not prepared for this release: run murmuration migrate first"
        case _:
            return f"The database refuses: {error}"


def _setting(error: ValueError) -> str:
    """The one sentence that a settings validator said, without pydantic's frame around it."""
    errors: Any = getattr(error, "errors", None)
    if not callable(errors):
        return str(error)
    first = errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    reason = str(first["msg"]).removeprefix("Value error, ")
    return f"MURMURATION_{where.upper()}: {reason}" if where else reason
