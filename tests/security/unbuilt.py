"""Attacks upon what this server does not have. Who builds the feature takes its rows out of here, into tests."""

UNBUILT = {
    "SSRF-17": "link previews",
    "SSRF-19": "link previews",
    "SSRF-26": "import by address",
    "TAKEOVER-05": "verification of the links in a profile (rel=me)",
}
