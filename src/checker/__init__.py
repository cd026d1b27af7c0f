"""Finds what cannot be true together in the facts that articles and other sources claim."""

__version__ = "0.1.0"
