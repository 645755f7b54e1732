"""In whose name we fetch: the server's own actor."""

from apcore.fetch import Signer
from apcore.keys import load_private
from chassis.broadcast import Hearing
from chassis.db import Reader
from contracts.events import AccountKeysRotated
from social.accounts import store as accounts
from social.accounts.model import INSTANCE_ACTOR


class Identity:
    """The instance actor's key, read once it is there. Until then requests go out unsigned."""

    def __init__(self, db: Reader) -> None:
        self._db = db
        self._signer: Signer | None = None

    def hears(self) -> Hearing[AccountKeysRotated]:
        """What makes the key stale."""

        async def react(event: AccountKeysRotated) -> None:
            if event.account_id == INSTANCE_ACTOR:
                await self.forget()

        return Hearing(AccountKeysRotated, react, self.forget)

    async def forget(self) -> None:
        self._signer = None

    async def signer(self) -> Signer | None:
        if self._signer is None:
            pem = await accounts.private_key_of(self._db, INSTANCE_ACTOR)
            actor = await accounts.by_id(self._db, INSTANCE_ACTOR)
            if pem and actor and actor.public_key_id:
                self._signer = Signer(key_id=actor.public_key_id, key=load_private(pem))
        return self._signer
