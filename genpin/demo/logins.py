"""demo-logins.txt: who may log in with what, and what to try. Readable by its owner alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from genpin.demo.cast import Login

NAME = "demo-logins.txt"


def write_logins(home: Path, logins: Sequence[Login], tries: Sequence[str]) -> Path:
    """Write the file anew, 0600 from its first byte."""
    place = home / NAME
    draft = home / f".{NAME}"
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text_of(logins, tries))
    draft.replace(place)
    return place


def text_of(logins: Sequence[Login], tries: Sequence[str]) -> str:
    """One line a person, then what to try."""
    rows = [("login", "password", "PIN", "badge", "goes to", "name", "role")]
    rows += [
        (
            login.member.username,
            login.password,
            login.pin,
            login.badge,
            login.member.goes_to,
            login.member.name_en,
            login.roles,
        )
        for login in logins
    ]
    widths = [max(len(row[column]) for row in rows) + 2 for column in range(6)]
    lines = ["".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, "", "What to try", *(f"- {told}" for told in tries), ""])
