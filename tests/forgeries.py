"""Requests signed in ways that our own code does not."""

import base64
import datetime as dt

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from neighbours import ACTIVITY, Person
from yarl import URL

from apcore import keys
from apcore.signatures import cavage, digest, rfc9421


def handmade(person: Person, url: str, body: bytes, covered: str) -> dict[str, str]:
    """After the draft, valid, over just these headers."""
    address = URL(url)
    headers = {
        "Host": cavage.host_header(address),
        "Date": cavage.http_date(dt.datetime.now(dt.UTC)),
        "Digest": digest.digest(body),
        "Content-Type": ACTIVITY,
    }
    values = {name.lower(): value for name, value in headers.items()}
    values["(request-target)"] = f"post {address.raw_path_qs}"
    text = "\n".join(f"{name}: {values[name]}" for name in covered.split())
    key = keys.load_private(person.pair.private_pem)
    value = base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    headers["Signature"] = f'keyId="{person.key_id}",algorithm="rsa-sha256",headers="{covered}",signature="{value}"'
    return headers


def rfc9421_signed(
    person: Person, url: str, body: bytes | None, *, key_id: str | None = None, now: dt.datetime | None = None
) -> dict[str, str]:
    return rfc9421.sign(
        keys.load_private(person.pair.private_pem),
        key_id or person.key_id,
        method="POST",
        url=url,
        now=now or dt.datetime.now(dt.UTC),
        body=body,
        content_type=ACTIVITY if body is not None else None,
    )
