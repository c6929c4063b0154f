"""Builds and what is done to them, to look at."""

from ledger.admin import show_all

show_all("assembly")
