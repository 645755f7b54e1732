"""The instance entity, in both its versions."""

from typing import Final

from api_gateway.allowances import ACCOUNTS, MEDIA, POLLS, STATUSES
from api_gateway.resources import Resources
from mastoapi import present
from mastoapi.entities import instance as entities
from mastoapi.entities.accounts import Account
from social.accounts import store as accounts
from social.server import store
from social.server.model import About, Rule

# Clients read from these what they may ask for. The last part of the version is ours. Mastodon 4.6 says 10, and
# 9 and 10 mean collections, which we do not have yet.
VERSION: Final = "4.6.0 (compatible; Murmuration 0.1.0)"
API_VERSION: Final = 8

OPEN: Final = entities.FeedAccess(local="public", remote="public")


async def version_2(res: Resources) -> entities.Instance:
    about = await store.about(res.db)
    totals = await res.numbers.totals.get()
    return entities.Instance(
        domain=res.addresses.domain,
        title=about.title,
        version=VERSION,
        source_url=res.settings.source_url or res.addresses.url,
        description=about.short_description,
        wrapstodon=None,
        usage=entities.Usage(users=entities.UsersUsage(active_month=totals.active_month)),
        thumbnail=entities.Thumbnail(url=_thumbnail(res, about), description=""),
        icon=[
            entities.InstanceIcon(src=f"{res.addresses.url}/icons/{size}.png", size=f"{size}x{size}")
            for size in (48, 192, 512)
        ],
        languages=list(about.languages),
        configuration=_configuration(res, about, await res.vapid.get()),
        registrations=_registrations(about),
        api_versions=entities.ApiVersions(mastodon=API_VERSION),
        contact=entities.Contact(email=about.contact_email, account=await _contact(res, about)),
        rules=rules_from(await store.rules(res.db)),
    )


async def version_1(res: Resources) -> entities.V1Instance:
    about = await store.about(res.db)
    totals = await res.numbers.totals.get()
    return entities.V1Instance(
        uri=res.addresses.domain,
        title=about.title,
        short_description=about.short_description,
        description=about.description or about.short_description,
        email=about.contact_email,
        version=VERSION,
        urls=entities.V1Urls(streaming_api=_streaming(res)),
        stats=entities.V1Stats(
            user_count=totals.users, status_count=totals.local_statuses, domain_count=totals.domains
        ),
        thumbnail=_thumbnail(res, about),
        languages=list(about.languages),
        registrations=about.registrations != "closed",
        approval_required=about.registrations == "approval",
        invites_enabled=False,
        configuration=entities.V1Configuration(
            accounts=ACCOUNTS, statuses=STATUSES, media_attachments=MEDIA, polls=POLLS
        ),
        contact_account=await _contact(res, about),
        rules=rules_from(await store.rules(res.db)),
    )


def rules_from(rules: list[Rule]) -> list[entities.Rule]:
    return [entities.Rule(id=str(rule.id), text=rule.text, hint=rule.hint, translations={}) for rule in rules]


def _configuration(res: Resources, about: About, vapid_key: str) -> entities.Configuration:
    return entities.Configuration(
        urls=entities.Urls(
            streaming=_streaming(res),
            status=about.status_page or None,
            about=f"{res.addresses.url}/about",
            privacy_policy=None,
            terms_of_service=None,
        ),
        vapid=entities.Vapid(public_key=vapid_key),
        accounts=ACCOUNTS,
        statuses=STATUSES,
        media_attachments=MEDIA,
        polls=POLLS,
        translation=entities.Translation(enabled=res.translations.is_open),
        timelines_access=entities.TimelinesAccess(live_feeds=OPEN, hashtag_feeds=OPEN, trending_link_feeds=OPEN),
        limited_federation=res.settings.limited_federation,
    )


def _registrations(about: About) -> entities.Registrations:
    return entities.Registrations(
        enabled=about.registrations != "closed",
        approval_required=about.registrations == "approval",
        reason_required=about.registrations == "approval",
        message=(about.closed_message or None) if about.registrations == "closed" else None,
        min_age=about.min_age,
        url=None,
    )


def _thumbnail(res: Resources, about: About) -> str:
    return res.urls.file(about.thumbnail_key) if about.thumbnail_key else f"{res.addresses.url}/thumbnail.png"


def _streaming(res: Resources) -> str:
    """Where http becomes ws, and https wss."""
    return f"ws{res.addresses.url.removeprefix('http')}"


async def _contact(res: Resources, about: About) -> Account | None:
    if not about.contact_username:
        return None
    account = await accounts.by_handle(res.db, about.contact_username, None)
    return await present.account(res.db, account.id, res.urls, policies=res.policies.value) if account else None
