"""A post goes to nobody whom its author did not mean: clients say whom they take the names for."""

from collections.abc import Iterable

from fastapi import FastAPI, Request

from api_gateway.posting.words import Words
from api_gateway.resources import Resources
from chassis.errors import Invalid
from chassis.http import Json
from contracts.ids import AccountId
from mastoapi import present
from social.accounts.model import Account


class UnexpectedMentions(Invalid):
    """Post would be sent to unexpected accounts"""

    def __init__(self, accounts: list[AccountId]) -> None:
        super().__init__()
        self.accounts = accounts


def check(words: Words, mentioned: Iterable[Account]) -> None:
    """Refuse a post that names more people than its client reckons with."""
    allowed = words.allowed_mentions
    if allowed is None:
        return
    unexpected = dict.fromkeys(account.id for account in mentioned if account.id not in allowed)
    if unexpected:
        raise UnexpectedMentions(list(unexpected))


async def _explain(request: Request, problem: Exception) -> Json:
    """With the accounts, so that the client can ask whether they are meant."""
    assert isinstance(problem, UnexpectedMentions)
    res: Resources = request.app.state.resources
    shown = await present.accounts(res.db, problem.accounts, res.urls, policies=res.policies.value)
    return Json({"error": problem.explanation, "unexpected_accounts": shown}, 422)


def install(app: FastAPI) -> None:
    app.add_exception_handler(UnexpectedMentions, _explain)
