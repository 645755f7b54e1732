"""Our people's proofs on what they say, so that others may bring it further (FEP-8b32)."""

from apcore import keys
from apcore.jsonld import Json
from apcore.signatures import proofs
from apcore.signatures.proofs import Prover
from chassis.db import Reader
from contracts.ids import AccountId
from delivery.resources import Resources
from social.accounts import store as accounts


async def proven(db: Reader, res: Resources, document: Json, sender: AccountId) -> Json:
    """The activity with its sender's proof; without, from a sender who has no Ed25519 key."""
    prover = await res.provers.get(sender, lambda: _prover(db, sender))
    return proofs.prove(document, prover, res.clock()) if prover else document


async def _prover(db: Reader, sender: AccountId) -> Prover | None:
    pem = await accounts.ed25519_key_of(db, sender)
    account = await accounts.by_id(db, sender) if pem else None
    if pem is None or account is None:
        return None
    return Prover(key_id=f"{account.uri}{accounts.ED25519_FRAGMENT}", key=keys.load_ed25519(pem))
