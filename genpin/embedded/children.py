"""Starting programs that end when we end, whatever ends us."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from genpin.embedded.home import Account

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(number: signal.Signals, parent: int | None = None) -> Callable[[], None]:
    """For `preexec_fn`: have the kernel send this signal to the child when its parent dies, by kill -9 too.

    A child that somebody else started calls the result itself, with the parent's number.
    It runs after the change of user, which would clear the wish. Start children from the main thread only: the
    kernel watches the thread that forked.
    """
    parent = parent or os.getpid()

    def ask() -> None:
        if _libc is None:
            return
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)

    return ask


def start(
    command: Sequence[str | Path],
    *,
    account: Account | None = None,
    end: signal.Signals = signal.SIGTERM,
    output: IO[bytes] | int | None = None,
    environment: Mapping[str, str] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a program in a process group of its own, so that Ctrl-C reaches us alone and we stop it in order."""
    process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=None if environment is None else dict(environment),
        cwd="/" if account else None,
        process_group=0,
        preexec_fn=end_with_parent(end),  # noqa: PLW1509 - one prctl, no lock is taken
        **_as_account(account),
    )
    return process


def run(command: Sequence[str | Path], *, account: Account | None) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end under the account; its output is returned, its status is the caller's to judge."""
    done: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/" if account else None,
        preexec_fn=end_with_parent(signal.SIGTERM),
        **_as_account(account),
    )
    return done


def stop(process: "subprocess.Popen[bytes]", number: signal.Signals, seconds: float) -> None:
    """Ask with the signal, wait, then insist."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _as_account(account: Account | None) -> dict[str, object]:
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
