"""How often things happen: counters of our services, or what a Prometheus has made of them."""

import asyncio
import re
from collections.abc import Mapping

import httpx

from chassis.settings import Settings

COUNTED: Mapping[str, tuple[str, str]] = {
    "Requests answered": ("murmuration_http_requests_total", ""),
    "Activities taken in": ("murmuration_inbox_accepted_total", ""),
    "Deliveries arrived": ("murmuration_delivery_outcomes_total", 'outcome="delivered"'),
    "Deliveries failed": ("murmuration_delivery_outcomes_total", 'outcome="failed"'),
    "Feeds written": ("murmuration_timeline_feed_writes_total", ""),
}
"""What is shown, by metric and the label that is meant."""
SECONDS = 3.0
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


async def counts(settings: Settings) -> dict[str, float]:
    """The counters of those services that the settings name, as they stand."""
    urls = {settings.inbox_url, settings.delivery_url, settings.media_url}
    async with httpx.AsyncClient(timeout=SECONDS) as client:
        texts = await asyncio.gather(*(_text(client, f"{url.rstrip('/')}/metrics") for url in sorted(urls)))
    samples = [match.groups("") for text in texts for match in SAMPLE.finditer(text)]
    return {
        name: sum(float(value) for found, labels, value in samples if found == metric and label in labels)
        for name, (metric, label) in COUNTED.items()
        if any(found == metric for found, _, _ in samples)
    }


async def _text(client: httpx.AsyncClient, url: str) -> str:
    """Nothing where nobody answers: `top` shows what there is."""
    try:
        return (await client.get(url)).text
    except httpx.HTTPError:
        return ""


def rates(before: Mapping[str, float], after: Mapping[str, float], seconds: float) -> dict[str, float]:
    """How often a second. A counter that fell belongs to a process that began anew."""
    return {
        name: max(0.0, count - before[name] if count >= before[name] else count) / seconds
        for name, count in after.items()
        if name in before
    }


async def rates_from(prometheus: str) -> dict[str, float]:
    """Of all processes, as a Prometheus has counted them for a minute."""
    async with httpx.AsyncClient(timeout=SECONDS) as client:
        found = await asyncio.gather(
            *(_rate(client, prometheus, f"sum(rate({metric}{{{label}}}[1m]))") for metric, label in COUNTED.values())
        )
    return {name: rate for name, rate in zip(COUNTED, found, strict=True) if rate is not None}


async def _rate(client: httpx.AsyncClient, prometheus: str, query: str) -> float | None:
    try:
        answer = await client.get(f"{prometheus.rstrip('/')}/api/v1/query", params={"query": query})
        result = answer.json()["data"]["result"]
    except (httpx.HTTPError, ValueError, KeyError):
        return None
    return float(result[0]["value"][1]) if result else None
