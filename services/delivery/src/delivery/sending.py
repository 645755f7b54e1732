"""One POST: signed in its sender's name, its answer understood."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from opentelemetry import trace

from apcore.fetch import FetchError, FetchFailed, FetchRefused, Response, Signer
from apcore.fetch.exchange import retry_after
from apcore.signatures import styles
from apcore.signatures.styles import UNBELIEVED, Style
from chassis.telemetry import exemplar
from delivery import rules
from delivery.metrics import LATENCY, OUTCOMES, SECONDS, count_refusal
from delivery.model import Body, Challenged, Delivered, Failed, Outcome, Refused, host_of
from delivery.resources import Resources
from delivery.senders import signer_of
from delivery.synchronizing import claim_for

CONTENT_TYPE = "application/activity+json"

tracer = trace.get_tracer("murmuration.delivery")


async def send(res: Resources, body: Body, inbox_url: str) -> Outcome:
    """Try once to bring the activity to the inbox."""
    started = time.perf_counter()
    with tracer.start_as_current_span("deliver", kind=trace.SpanKind.CLIENT) as span:
        outcome = await _refused_by_us(res, body, inbox_url) or await _post(res, body, inbox_url)
        span.set_attribute("server.address", host_of(inbox_url))
        span.set_attribute("murmuration.outcome", type(outcome).__name__.lower())
    SECONDS.observe(time.perf_counter() - started)
    _count(outcome, body, res.clock())
    res.ledger.note(body, inbox_url, outcome)
    return outcome


async def _refused_by_us(res: Resources, body: Body, inbox_url: str) -> Refused | None:
    if body.withdrawn_at is not None:
        return Refused("withdrawn")
    if res.policies.value.is_suspended(host_of(inbox_url)):
        return Refused("policy")
    return None


async def _post(res: Resources, body: Body, inbox_url: str) -> Outcome:
    signer = await signer_of(res, res.db, body.sender_id)
    if signer is None:
        return Refused("no_key")
    try:
        response = await _knock(res, signer, body, inbox_url)
    except ValueError:
        return Refused("url")
    except FetchRefused as error:
        return Refused(error.reason.replace(" ", "_"))
    except FetchFailed as error:
        return Failed(error.reason.replace(" ", "_"))
    outcome = _understood(response)
    if isinstance(outcome, Challenged):
        # Perhaps the key was changed: the next try reads it anew.
        res.senders.forget(body.sender_id)
    return outcome


async def _knock(res: Resources, signer: Signer, body: Body, inbox_url: str) -> Response:
    """POST, signed as the host took it last; if it does not believe that, at once again in the other style."""
    host = host_of(inbox_url)
    style = res.styles.of(host)
    covered = await claim_for(res, body, host)
    first = await _signed_post(res, signer, body, inbox_url, style, covered)
    if first.status not in UNBELIEVED:
        return first
    try:
        second = await _signed_post(res, signer, body, inbox_url, style.other, covered)
    except FetchError:
        return first
    if not 200 <= second.status < 300:
        return first
    res.styles.learn(host, style.other)
    return second


async def _signed_post(
    res: Resources, signer: Signer, body: Body, inbox_url: str, style: Style, covered: Mapping[str, str]
) -> Response:
    headers = styles.sign(
        style,
        signer.key,
        signer.key_id,
        method="POST",
        url=inbox_url,
        now=res.clock(),
        body=body.content,
        content_type=CONTENT_TYPE,
        covered=covered,
    )
    return await res.fetcher.post(inbox_url, body.content, headers)


def _understood(response: Response) -> Outcome:
    wait = retry_after(response.headers.get("retry-after"), datetime.now(UTC))
    return rules.meaning_of(response.status, wait)


def _count(outcome: Outcome, body: Body, now: datetime) -> None:
    OUTCOMES.labels(type(outcome).__name__.lower()).inc()
    if isinstance(outcome, Refused):
        count_refusal(outcome.reason)
    if isinstance(outcome, Delivered):
        LATENCY.observe(max(0.0, (now - body.happened_at).total_seconds()), exemplar())
