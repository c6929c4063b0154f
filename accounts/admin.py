"""People and stations, to look at: no password, no PIN, no badge code, no device token."""

from ledger.admin import show_all

show_all("accounts", hidden=("password", "pin_hash", "scan_text", "token_hash"))
