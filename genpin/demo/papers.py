"""Papers that were issued during the history."""

from __future__ import annotations

from datetime import datetime

from documents.kinds import KINDS
from documents.operations.issuing import issue_document
from genpin.demo.plant import Plant


def issue(at: datetime, plant: Plant, kind: str, key: str, person: str) -> str:
    """Issue a paper; gives the code of its check page ("": this plant has no such kind of paper)."""
    if kind not in KINDS or not plant.papers:
        return ""
    return str(plant.call(issue_document, person, at, kind=kind, key=key).verify_code)
