"""Our people's proofs on what they say, so that others may bring it further: FEP-8b32, and LD signatures."""

from apcore import keys
from apcore.activities import Activity, Announce, Create, Delete, Undo, Update
from apcore.context import PUBLIC
from apcore.jsonld import Json
from apcore.signatures import ld, proofs
from apcore.signatures.proofs import Prover
from chassis.db import Reader
from contracts.ids import AccountId
from delivery.resources import Resources
from delivery.senders import signer_of
from delivery.settings import Settings
from social.accounts import store as accounts


async def proven(db: Reader, res: Resources, activity: Activity, document: Json, sender: AccountId) -> Json:
    """The activity's document with its sender's proof, if they have an Ed25519 key, and an LD signature around it."""
    prover = await res.provers.get(sender, lambda: _prover(db, sender))
    if prover is not None:
        document = proofs.prove(document, prover, res.clock())
    signer = await signer_of(res, db, sender) if gets_ld_signature(res.settings, activity) else None
    if signer is not None:
        document = ld.sign(document, signer.key_id, signer.key, res.clock(), res.contexts)
    return document


def gets_ld_signature(settings: Settings, activity: Activity) -> bool:
    """Only what is for everybody: nobody shall be able to prove to others what was said to a few."""
    if settings.requires_signatures or not settings.make_ld_signatures:
        return False
    return isinstance(activity, Create | Update | Announce | Delete | Undo) and PUBLIC in (*activity.to, *activity.cc)


async def _prover(db: Reader, sender: AccountId) -> Prover | None:
    pem = await accounts.ed25519_key_of(db, sender)
    account = await accounts.by_id(db, sender) if pem else None
    if pem is None or account is None:
        return None
    return Prover(key_id=f"{account.uri}{accounts.ED25519_FRAGMENT}", key=keys.load_ed25519(pem))
