"""Who may come in: those who run the server, with a token that says so."""

from collections.abc import Awaitable, Callable

from fastapi.requests import HTTPConnection

from mastoapi.viewer import Viewer, requires
from social.errors import NotAllowed
from social.users.model import Role


def moderator(scope: str) -> Callable[[HTTPConnection], Awaitable[Viewer]]:
    """A dependency: a Moderator, Admin or Owner whose token has the scope."""
    find = requires(scope)

    async def viewer(connection: HTTPConnection) -> Viewer:
        found = await find(connection)
        if not found.role.is_at_least(Role.MODERATOR):
            raise NotAllowed
        return found

    return viewer
