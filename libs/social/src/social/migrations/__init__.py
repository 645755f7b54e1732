"""Revisions of the schema `social`. Expand first, contract in a later release."""
