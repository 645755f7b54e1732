"""Outbound federation."""
