"""Which of a server's people follow an account of ours: told to that server alone (FEP-8fcf)."""

from fastapi import APIRouter, Request, Response

from apcore.collections import write_collection
from inbox.resources import Res
from inbox.serving import CONFIDENTIAL, AccountNumber, Activity, shown_account
from inbox.visitors import verified
from social.federation import store

router = APIRouter()


@router.get("/ap/users/{account_id}/followers_synchronization")
async def followers(request: Request, account_id: AccountNumber, res: Res) -> Response:
    signer = await verified(request, res)
    await shown_account(res, account_id)
    items = await store.followers_at(res.db, account_id, signer.host)
    address = res.addresses.followers_synchronization(account_id)
    return Activity(write_collection(address, total=len(items), items=items), headers=CONFIDENTIAL)
