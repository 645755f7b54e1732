"""Pages of lists: which one is asked for, and where its neighbours are."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Request

from chassis.http import Json
from social.paging import Page

BOUNDS = ("max_id", "since_id", "min_id")
PAGING = frozenset({*BOUNDS, "limit", "offset"})
PATH_SAFE = "/:@!$&'()*+,;="
_BIGINT = 2**63 - 1


def page_from(query: Mapping[str, str], *, default: int, most: int) -> Page:
    """What is no number is taken as not sent."""
    limit = _number(query.get("limit"))
    return Page(
        limit=min(limit, most) if limit is not None and limit > 0 else default,
        **{name: _number(query.get(name)) for name in BOUNDS},
    )


def paged(default: int = 20, most: int = 40) -> Callable[[Request], Awaitable[Page]]:
    """A dependency: `page: Annotated[Page, Depends(paged(20, 40))]`."""

    async def page(request: Request) -> Page:
        return page_from(request.query_params, default=default, most=most)

    return page


def answer(request: Request, page: Page, entities: Sequence[Any], ids: Sequence[int], *, back: str = "min_id") -> Json:
    """The list with its Link header. `ids` are what pages, in the order of the list, before anything was hidden."""
    link = link_to_neighbours(request, page, ids, back=back)
    return Json(entities, headers={"Link": link} if link else None)


def link_to_neighbours(request: Request, page: Page, ids: Sequence[int], *, back: str = "min_id") -> str:
    """`back` is how newer items are asked for: lists that only page backwards know `since_id` alone."""
    links = []
    if len(ids) >= page.limit:
        links.append(f'<{_address(request, page, "max_id", ids[-1])}>; rel="next"')
    if ids:
        links.append(f'<{_address(request, page, back, ids[0])}>; rel="prev"')
    return ", ".join(links)


def offset_links(request: Request, limit: int, offset: int, count: int) -> str:
    """For lists without ids to page by."""
    links = []
    if count >= limit:
        links.append(f'<{_with(request, limit, ("offset", offset + limit))}>; rel="next"')
    if offset > 0:
        links.append(f'<{_with(request, limit, ("offset", max(offset - limit, 0)))}>; rel="prev"')
    return ", ".join(links)


def _address(request: Request, page: Page, bound: str, value: int) -> str:
    return _with(request, page.limit, (bound, value))


def _with(request: Request, limit: int, bound: tuple[str, int]) -> str:
    """The public address of this request with other bounds; all other parameters stay."""
    base: str = request.app.state.resources.settings.url
    path = quote(request.scope["path"], safe=PATH_SAFE)
    return f"{base}{path}?{_kept(request.scope['query_string'].decode('latin-1'))}limit={limit}&{bound[0]}={bound[1]}"


def _kept(query: str) -> str:
    """The parameters that do not page."""
    kept = [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if k not in PAGING] if query else ()
    return f"{urlencode(kept)}&" if kept else ""


def _number(text: str | None) -> int | None:
    if text is None or not text.isdecimal() or len(text) > 19:
        return None
    return min(int(text), _BIGINT)
