"""Attacks upon what this server does not have. Who builds the feature takes its rows out of here, into tests."""

UNBUILT = {
    "TAKEOVER-05": "verification of the links in a profile (rel=me)",
}
