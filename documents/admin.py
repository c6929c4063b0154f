"""Papers and files, to look at."""

from ledger.admin import show_all

show_all("documents")
