"""Attacks upon what this server does not have. Who builds the feature takes its rows out of here, into tests."""

UNBUILT = {
    "SSRF-17": "link previews",
    "SSRF-19": "link previews",
    "SSRF-26": "import by address",
    "VIS-05": "feeds for readers of feeds (Atom, RSS)",
    "DOS-26": "details that were never published",
    "TAKEOVER-05": "verification of the links in a profile (rel=me)",
}
