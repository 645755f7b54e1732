"""What the server puts in writing: privacy, terms, languages; and what it has none of."""

import datetime as dt
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api_gateway.languages import LANGUAGES
from api_gateway.resources import Res
from chassis.clock import utc_now
from chassis.http import Json
from mastoapi.entities.instance import PrivacyPolicy, TermsOfService
from mastoapi.entities.times import timestamp
from mastoapi.params import PathId
from mastoapi.viewer import Viewer, requires
from social.errors import NoSuchRecord
from social.server import store
from social.server.model import Terms

router = APIRouter(tags=["instance"])

ASSETS = Path(__file__).parents[1] / "assets"
USUAL_POLICY = (ASSETS / "privacy_policy.html").read_text(encoding="utf-8")
USUAL_POLICY_FROM = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


@router.get("/api/v1/instance/privacy_policy")
async def privacy_policy(res: Res) -> Json:
    """Whoever wrote none of their own has one that says what the software does."""
    about = await store.about(res.db)
    updated_at = about.updated_at if about.privacy_policy else USUAL_POLICY_FROM
    return Json(
        PrivacyPolicy(updated_at=timestamp(updated_at or utc_now()), content=about.privacy_policy or USUAL_POLICY)
    )


@router.get("/api/v1/instance/terms_of_service")
async def terms(res: Res, date: dt.date | None = None) -> Json:
    """Mastodon.py writes the date into the query."""
    today = utc_now().date()
    found = await store.terms_from(res.db, date) if date else await store.terms_in_force(res.db, today)
    return Json(_terms(found, today))


@router.get("/api/v1/instance/terms_of_service/{date}")
async def terms_from(date: dt.date, res: Res) -> Json:
    return Json(_terms(await store.terms_from(res.db, date), utc_now().date()))


@router.get("/api/v1/instance/languages")
async def languages() -> Json:
    return Json(LANGUAGES)


@router.get("/api/v1/donation_campaigns")
async def donation_campaigns(_: Annotated[Viewer, Depends(requires())]) -> Response:
    """We ask nobody for donations."""
    return Response(status_code=204)


@router.get("/invite/{_code}")
async def invite(_code: str) -> Json:
    """We have no invites, so nobody holds one."""
    raise NoSuchRecord


@router.post("/api/v1/accounts/{_account_id}/email_subscriptions")
async def subscribe_by_email(_account_id: PathId) -> Json:
    """Nobody's posts go out by e-mail: the answer of a server on which this is off."""
    raise NoSuchRecord


def _terms(found: Terms | None, today: dt.date) -> TermsOfService:
    if found is None:
        raise NoSuchRecord
    return TermsOfService(
        effective_date=found.effective_date.isoformat(),
        effective=found.effective_date <= today,
        content=found.content,
        succeeded_by=found.succeeded_by.isoformat() if found.succeeded_by else None,
    )
