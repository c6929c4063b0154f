"""How people and machines of a journey reach the product: HTTP only, as anybody could."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any

import pymupdf

from tests.database import CHECKOUT

PASSWORD = "journey-only-7413"
PIN = "864209"


class Refused(AssertionError):
    """The API answered with a refusal or an error."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {json.dumps(body, ensure_ascii=False)[:900]}")
        self.status, self.body = status, body

    @property
    def code(self) -> str:
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


@dataclass
class Door:
    """One person at the API, by token."""

    url: str
    name: str
    token: str = ""
    pin_check: int = 0
    calls: int = field(default=0)

    def sign_in(self) -> Door:
        self.token = self.post("token", {"username": self.name, "password": PASSWORD})["token"]
        return self

    def check_pin(self) -> int:
        """A signing session: one PIN, ten minutes."""
        self.pin_check = int(self.post("pin-checks", {"pin": PIN})["id"])
        return self.pin_check

    def do(self, operation: str, **arguments: Any) -> Any:
        """Any registered operation by its generic endpoint."""
        return self.post(f"operations/{operation}", arguments)

    def get(self, path: str) -> Any:
        return json.loads(self._ask("GET", path))

    def post(self, path: str, body: Any, key: str | None = None) -> Any:
        return json.loads(self._ask("POST", path, json.dumps(body).encode(), key or uuid.uuid4().hex))

    def upload(self, path: str, name: str, content: bytes, **fields: str) -> Any:
        """A multipart form with one file."""
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
        body = b"".join(parts) + f"--{edge}--\r\n".encode()
        return json.loads(self._ask("POST", path, body, uuid.uuid4().hex, f"multipart/form-data; boundary={edge}"))

    def paper(self, kind: str, key: str, lang: str = "ja") -> str:
        """The text of a paper as it is printed now."""
        content = self._ask("GET", f"documents/{kind}/{key}/copy/?lang={lang}")
        with pymupdf.open(stream=content, filetype="pdf") as book:
            return "\n".join(page.get_text() for page in book)

    def _ask(
        self, method: str, path: str, body: bytes | None = None, key: str = "", media: str = "application/json"
    ) -> bytes:
        self.calls += 1
        address = path if "?" in path or path.endswith("/") else f"{path}/"
        request = urllib.request.Request(f"{self.url}/api/{address}", data=body, method=method)
        if self.token:
            request.add_header("Authorization", f"Token {self.token}")
        if body is not None:
            request.add_header("Content-Type", media)
            request.add_header("Idempotency-Key", key)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as fault:
            text = fault.read()
            try:
                raise Refused(fault.code, json.loads(text)) from None
            except ValueError:
                raise Refused(fault.code, text.decode(errors="replace")[:400]) from None


def command(environment: dict[str, str], *words: str, stdin: str = "") -> str:
    """A management command, as an operator types it; its output."""
    done = subprocess.run(
        [sys.executable, str(CHECKOUT / "manage.py"), *words],
        env={**os.environ, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
