"""No reader crashes, hangs or lets a damaged file pass as clean: whole files of every tool, damaged at random.

Each run looks at other examples: its seed is the time it began at (tests/conftest.py), so that the minutes of all runs
add up. A failure says how to see the same again. `GENPIN_FUZZ=50` looks at 50 times as many.
"""

import gzip
import json
import os
import random
import re
import time
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import seed as draw_by
from hypothesis import strategies as st

from assembly.operations.test_rows import _observations, _results
from assembly.reader_words import in_japanese
from assembly.test_logs.read import READERS, read_test_log
from assembly.test_logs.result import FORMATS, ReadOptions, TestLog, Unreadable
from assembly.test_logs.rules import GRAVITY
from assembly.test_logs.writing import dcgm_v3_diag, dcgm_v4_diag, nccl_all_reduce, nvidia_smi_xml

from .plant_files import RACK, tray
from .record_files import htf_good, ocp_good
from .test_dcgm_nodes import document
from .test_other_tools import WHOLE
from .test_plant_csv import GOOD, LEAK, LONG, WIDE
from .test_redfish import a_tray, zipped

DEPTH = max(1, int(os.environ.get("GENPIN_FUZZ") or 1))
SEED = int(os.environ["GENPIN_FUZZ_SEED"])
AGAIN = f"GENPIN_FUZZ_SEED={SEED} GENPIN_FUZZ={DEPTH} pytest {os.path.relpath(__file__)}"
SECONDS = 5.0
"""Of processor time for one damaged file of at most some 20 KB; a sound one takes milliseconds."""

FILES: dict[str, bytes] = {
    "dcgm-diag v3": dcgm_v3_diag(tray()).encode(),
    "dcgm-diag v4": dcgm_v4_diag(tray()).encode(),
    "dcgm-mndiag": json.dumps(document()).encode(),
    "nvidia-smi": nvidia_smi_xml(tray()[:1], at=datetime(2026, 8, 4, 9, 8, 7)).encode(),
    "nccl-tests": nccl_all_reduce(RACK[:1]).encode(),
    "redfish": zipped(a_tray()),
    "openhtf": json.dumps(htf_good(), indent=1).encode(),
    "ocp-diag": ocp_good().encode(),
    "plant-csv long": GOOD.encode(),
    "plant-csv wide": LEAK.encode(),
    **{f"{name} (other)": text.encode() for name, text in WHOLE.items()},
}
OPTIONS = ReadOptions(column_maps=(LONG, WIDE))
SPICE = [
    b"NaN", b"-1", b"1e400", b"9" * 400, b"null", b'"', b"{", b"[", b"}", b"<a>", b"&x;", b",", b"\n\n", b"\x00",
    b"\xff\xfe", "１２".encode(), b"\xed\xa0\x80", b"N/A", b"0x0", b"\t", b"%s" * 9, b"\r", b"-" * 200,
    b" " * 500, b"(" * 300,
]  # fmt: skip
_TOKEN = re.compile(rb"[A-Za-z_]+|[0-9][0-9.eE+-]*|[^\sA-Za-z0-9_]")
profile = settings(
    max_examples=45 * DEPTH,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
drawn = draw_by(SEED)


def sound(content: bytes) -> TestLog | None:
    """See `_sound`; what breaks it says how to see it again, with the bytes."""
    try:
        return _sound(content)
    except BaseException as fault:
        fault.add_note(f"again: {AGAIN}\nthe file: {content[:2_000]!r}")
        raise


def _sound(content: bytes) -> TestLog | None:
    """The one rule: a result that can be stored and shown, or one line; and neither takes long."""
    began = time.process_time()
    try:
        log = read_test_log(content, name="x", options=OPTIONS)
        why = "read"
    except Unreadable as refused:
        log, why = None, str(refused)
    assert 0 < len(why) <= 300 and "\n" not in why and in_japanese(why)
    assert time.process_time() - began < SECONDS
    if log is not None:
        json.dumps(log.as_json(), allow_nan=False, ensure_ascii=False).encode()
        assert log.disposition in GRAVITY and (log.disposition != "accept" or log.verdict == "pass")
        assert log.reasons or log.disposition == "accept"
        assert all(map(in_japanese, log.reasons))
        for row in (*_results(1, log), *_observations(1, log, {})):
            assert not any(isinstance(cell, str) and "\x00" in cell for cell in row)
    return log


def test_every_reader_has_a_whole_file_here():
    read = {read_test_log(content, name="x", options=OPTIONS).tool for content in FILES.values()}

    assert read == {reader.tool for reader in READERS} | {"redfish", "plant-csv"} == set(FORMATS) - {"auto"}


def cut(raw: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(raw))
    return raw[:start] + raw[start + dice.randrange(1, 60) :]


def swap_token(raw: bytes, dice: random.Random) -> bytes:
    found = list(_TOKEN.finditer(raw))
    if not found:
        return raw
    one = dice.choice(found)
    other = dice.choice([*SPICE, dice.choice(found).group()])
    return raw[: one.start()] + other + raw[one.end() :]


def repeat(raw: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(raw))
    part = raw[start : start + dice.randrange(1, 400)]
    return raw[:start] + part * dice.randrange(2, 6) + raw[start:]


def shuffle_lines(raw: bytes, dice: random.Random) -> bytes:
    lines = raw.split(b"\n")
    first, second = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


def truncate(raw: bytes, dice: random.Random) -> bytes:
    return raw[: dice.randrange(1, len(raw) + 1)]


DAMAGES: list[Callable[[bytes, random.Random], bytes]] = [cut, swap_token, swap_token, repeat, shuffle_lines, truncate]


@pytest.mark.parametrize("name", FILES)
@drawn
@profile
@given(seed=st.integers(0, 2**48), times=st.integers(1, 4))
def test_damaged_bytes_give_a_result_or_one_line(name, seed, times):
    dice, raw = random.Random(seed), FILES[name]
    for _ in range(times):
        raw = dice.choice(DAMAGES)(raw, dice) or b" "
    sound(raw)


def changed(found: object, dice: random.Random) -> object:
    """The JSON with one of its values, somewhere, of another kind."""
    leaves: list[object] = [None, True, -1, 1e9, "", "x" * 300, [], {}, [[]], {"a": [None]}, ["Pass"], "1,5", 10**30]
    if isinstance(found, dict) and found and dice.random() < 0.9:
        key = dice.choice(list(found))
        if dice.random() < 0.15:
            return {other: value for other, value in found.items() if other != key}
        return {**found, key: changed(found[key], dice)}
    if isinstance(found, list) and found and dice.random() < 0.9:
        at = dice.randrange(len(found))
        return [*found[:at], changed(found[at], dice), *found[at + 1 :]]
    return dice.choice(leaves)


JSONS = [name for name, content in FILES.items() if content[:1] == b"{" and name != "ocp-diag"]


@pytest.mark.parametrize("name", [*JSONS, "ocp-diag"])
@drawn
@profile
@given(seed=st.integers(0, 2**48))
def test_json_of_another_shape_gives_a_result_or_one_line(name, seed):
    dice = random.Random(seed)
    if name == "ocp-diag":
        lines = FILES[name].decode().splitlines()
        at = dice.randrange(len(lines))
        lines[at] = json.dumps(changed(json.loads(lines[at]), dice))
        sound("\n".join(lines).encode())
    else:
        sound(json.dumps(changed(json.loads(FILES[name]), dice)).encode())


@pytest.mark.parametrize("name", [name for name in FILES if name != "redfish"])
def test_a_damaged_wrapping_gives_a_result_or_one_line(name):
    raw = FILES[name]
    whole = read_test_log(raw, name="x", options=OPTIONS)
    packed = gzip.compress(raw, mtime=0)
    for same in (packed, raw.decode().encode("utf-16"), b"\xef\xbb\xbf" + raw):
        log = sound(same)
        assert log is not None and (log.tool, log.verdict, len(log.measurements)) == (
            whole.tool, whole.verdict, len(whole.measurements),
        )  # fmt: skip
    for other in (packed[:-5], packed + b"x", raw.decode().encode("utf-16")[:-1], raw + bytes(9), raw[::-1]):
        sound(other)
    doubled = sound(raw + b"\n" + raw)
    assert doubled is None or doubled.disposition != "accept" or whole.tool in ("nvidia-smi-csv", "kernel-log"), (
        whole.tool
    )
