"""The routes of api-gateway."""

from fastapi import FastAPI

from api_gateway.oauth import errors
from api_gateway.posting import safeguard
from api_gateway.resources import Resources
from api_gateway.routes import (
    accounts,
    acquaintances,
    announcements,
    apps,
    authorization,
    directory,
    domain_blocks,
    endorsements,
    featured_tags,
    filters,
    follow_requests,
    instance,
    kept,
    lists,
    metadata,
    pages,
    papers,
    phrases,
    polls,
    profile,
    push,
    quotes,
    reactions,
    refreshes,
    relationships,
    scheduled_statuses,
    search,
    sign_in,
    sign_up,
    statuses,
    suggestions,
    tags,
    tokens,
    translations,
)
from mastoapi.application import client_application

ROUTERS = (
    apps.router,
    authorization.router,
    metadata.router,
    sign_in.router,
    sign_up.router,
    tokens.router,
    instance.router,
    papers.router,
    # Before accounts, whose ids would otherwise take its names.
    profile.router,
    acquaintances.router,
    push.router,
    accounts.router,
    relationships.router,
    follow_requests.router,
    kept.router,
    domain_blocks.router,
    endorsements.router,
    featured_tags.router,
    lists.router,
    filters.router,
    phrases.router,
    statuses.router,
    translations.router,
    polls.router,
    scheduled_statuses.router,
    quotes.router,
    reactions.router,
    refreshes.router,
    search.router,
    suggestions.router,
    directory.router,
    announcements.router,
    tags.router,
    pages.router,
)


def create_app(resources: Resources) -> FastAPI:
    async def database() -> bool:
        return await resources.db.fetchval("SELECT true") is True

    app = client_application("api-gateway", ROUTERS, resources, ready={"database": database})
    errors.install(app)
    safeguard.install(app)
    return app
