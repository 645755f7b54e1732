"""A person who lets an app in, through our pages."""

import ssl
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
from signing_in import hidden_fields

from native import authority


def code_from(address: str, email: str, password: str) -> str:
    """Sign in at the address, allow what it asks for, and bring back the code."""
    trusted = ssl.create_default_context(cafile=str(authority.certificate_file()))
    with httpx.Client(base_url=urljoin(address, "/"), verify=trusted, trust_env=False) as browser:
        page = browser.get(address, follow_redirects=True)
        known = {"email": email, "password": password}
        page = browser.post("/auth/sign_in", data=hidden_fields(page.text) | known, follow_redirects=True)
        assert 'name="' in page.text
        answer = browser.post("/oauth/authorize", data=hidden_fields(page.text))
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
