"""People who talk to a service through the client API."""

from typing import Any

import httpx
from signing_in import a_user

from chassis.db import Database
from contracts.ids import AppId
from social.accounts.model import Account
from social.oauth import actions
from social.users.model import Role


class Person:
    """Somebody of ours with a client and a token. Methods answer what the server does, decoded."""

    def __init__(self, account: Account, client: httpx.AsyncClient, token: str) -> None:
        self.account = account
        self.client = client
        self.token = token

    @property
    def id(self) -> str:
        return str(self.account.id)

    async def ask(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers = {**bearer, **kwargs.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **kwargs)

    async def get(self, path: str, status: int = 200, /, **params: Any) -> Any:
        return _decoded(await self.ask("GET", path, params=params), status)

    async def post(self, path: str, status: int = 200, /, **fields: Any) -> Any:
        return _decoded(await self.ask("POST", path, json=fields), status)

    async def put(self, path: str, status: int = 200, /, **fields: Any) -> Any:
        return _decoded(await self.ask("PUT", path, json=fields), status)

    async def patch(self, path: str, status: int = 200, /, **fields: Any) -> Any:
        return _decoded(await self.ask("PATCH", path, json=fields), status)

    async def delete(self, path: str, status: int = 200, /) -> Any:
        return _decoded(await self.ask("DELETE", path), status)

    @property
    def unknown(self) -> "Person":
        """The same client without a token."""
        return Person(self.account, self.client, "")

    async def says(self, text: str, **fields: Any) -> Any:
        """Post a status."""
        return await self.post("/api/v1/statuses", status=text, **fields)


def _decoded(answer: httpx.Response, status: int) -> Any:
    assert answer.status_code == status, (answer.status_code, answer.text)
    return answer.json()


async def a_person(
    db: Database,
    client: httpx.AsyncClient,
    username: str,
    *,
    scopes: str = "read write follow push profile",
    role: Role = Role.USER,
) -> Person:
    account = await a_user(db, username, role=role)
    return Person(account, client, await a_token_of(db, account, scopes))


async def a_token_of(db: Database, account: Account | None, scopes: str, app_id: AppId | None = None) -> str:
    """A token; an app's own for None."""
    async with db.transaction() as tx:
        _, token = await actions.issue(
            tx, app_id=app_id, account_id=account.id if account else None, scopes=scopes.split()
        )
    return token
