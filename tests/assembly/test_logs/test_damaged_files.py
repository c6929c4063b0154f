"""What happens to files on the way here: banners, encodings, cuts, tricks. A damaged file is refused, never passed."""

import gzip
import json
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assembly.test_logs import text as text_module
from assembly.test_logs.read import read_test_log
from assembly.test_logs.result import ReadOptions, TestLog, Unreadable
from assembly.test_logs.rules import GRAVITY
from assembly.test_logs.text import SIZE_LIMIT
from assembly.test_logs.writing import Fault, dcgm_v3_diag, dcgm_v4_diag, nccl_all_reduce, nvidia_smi_xml

from .plant_files import RACK, because, read, tray

AT = datetime(2026, 8, 4, 9, 8, 7)
FILES = {
    "dcgm-diag v4": dcgm_v4_diag(tray()),
    "dcgm-diag v3": dcgm_v3_diag(tray()),
    "nvidia-smi": nvidia_smi_xml(tray(), at=AT),
    "nccl-tests": nccl_all_reduce(RACK[:2]),
}
each_file = pytest.mark.parametrize("text", FILES.values(), ids=FILES.keys())


def facts(log: TestLog) -> dict[str, object]:
    return {key: value for key, value in log.as_json().items() if key not in ("sha256", "reasons")}


def read_or_none(content: bytes) -> TestLog | None:
    """None where the file is refused; any other exception is a fault of ours."""
    try:
        return read(content)
    except Unreadable:
        return None


@each_file
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_say_the_same(text, encoding):
    assert facts(read(text.encode(encoding))) == facts(read(text))


@each_file
def test_wrappings_say_the_same(text):
    raw = text.encode()
    crlf = text.replace("\n", "\r\n").encode()
    for wrapped in (gzip.compress(raw), raw + b"  \n\n\t", crlf, gzip.compress(raw[:99]) + gzip.compress(raw[99:])):
        assert facts(read(wrapped)) == facts(read(text))


@each_file
def test_a_banner_before_it_says_the_same(text):
    log = read("Welcome to ct01 {tray 4}\nLast login: Tue <never>\n" + text)

    assert facts(log) == facts(read(text))


@each_file
@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.97])
def test_a_file_that_is_cut_off_never_passes(text, part):
    raw = text.rstrip(" #\n").encode()
    log = read_or_none(raw[: int(len(raw) * part)])

    assert log is None or (log.verdict != "pass" and log.disposition != "accept")


@each_file
def test_nul_bytes_are_refused(text):
    raw = text.encode()
    with pytest.raises(Unreadable, match="NUL"):
        read(raw[:200] + bytes(64) + raw[264:])
    with pytest.raises(Unreadable, match="NUL"):
        read(raw + bytes(512))


EMPTY = {
    "nothing": b"",
    "blanks": b"\n \t",
    "mark": b"\xef\xbb\xbf",
    "zeros": bytes(100),
    "packed": gzip.compress(b"", mtime=0),
}


@pytest.mark.parametrize("content", list(EMPTY.values()), ids=list(EMPTY))
def test_empty_files_are_refused(content):
    with pytest.raises(Unreadable, match="empty"):
        read(content)


@each_file
def test_bad_utf_8_is_replaced_and_said(text):
    log = read(b"caf\xe9\n" + text.encode(), gpus=4)

    assert because(log, "bad bytes were replaced") and log.disposition != "accept"


def test_a_file_over_the_limit_is_refused_before_it_is_read():
    with pytest.raises(Unreadable, match="limit"):
        read(bytes(SIZE_LIMIT + 1))


def test_a_gzip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(text_module, "SIZE_LIMIT", 100_000)
    with pytest.raises(Unreadable, match="unpacks to more"):
        read(gzip.compress(b" " * 100_001))


def test_damaged_gzip_is_refused():
    packed = gzip.compress(FILES["nccl-tests"].encode())
    for broken in (packed[:-9], packed[:30], packed + b"more", b"\x1f\x8b" + b"x" * 40):
        with pytest.raises(Unreadable, match="gzip"):
            read(broken)


@pytest.mark.parametrize("depth", [10_000, 1_000_000])
def test_deep_nesting_is_refused(depth):
    with pytest.raises(Unreadable, match="nested"):
        read('{"DCGM Diagnostic": ' + "[" * depth + "]" * depth + "}")
    with pytest.raises(Unreadable):
        read('{"DCGM Diagnostic": ' + '{"a":' * depth)


def test_deep_xml_is_no_crash():
    depth = 10_000
    log = read(f"<nvidia_smi_log><gpu>{'<a>' * depth}{'</a>' * depth}</gpu></nvidia_smi_log>")

    assert log.verdict == "not_run" and log.disposition != "accept"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"status": "Pass"', '"status": "Fail", "status": "Pass"'),
        ('"entity_id": 0', '"entity_id": NaN'),
        ('"entity_id": 0', '"entity_id": 1e400'),
        ('"entity_id": 0', '"entity_id": -1'),
        ('"entity_id": 0', '"entity_id": ' + "9" * 5000),
        ('"entity_id": 0', '"entity_id": true'),
        ('"entity_id": 0', '"entity_id": 0.0'),
        ('"status": "Pass"', '"status": "\\ud800"'),
        ('"status": "Pass"', '"status": "Pass\\u0000"'),
        ('"status": "Pass"', '"status": "Pass'),
    ],
)
def test_unsound_json_is_refused_in_one_line(old, new):
    with pytest.raises(Unreadable) as refused:
        read(FILES["dcgm-diag v4"].replace(old, new, 1))
    assert "\n" not in str(refused.value) and len(str(refused.value)) <= 300


def test_a_second_document_is_not_overlooked():
    bad = dcgm_v4_diag(tray(), failing=[Fault(0, "memory", 52)])
    with pytest.raises(Unreadable, match="more than one"):
        read(FILES["dcgm-diag v4"] + bad)


def test_a_part_of_a_damaged_document_is_not_taken_for_the_whole():
    inner = json.dumps(json.loads(FILES["dcgm-diag v3"]), indent=1)
    outer = '{\n"iterations": \n{\n"0": \n' + inner + ',\n"1": \n{ broken }\n}, "Overall Result": "Fail"}'
    for damaged in (outer, outer[: len(inner) + 40]):
        with pytest.raises(Unreadable):
            read(damaged)


def test_a_format_asked_for_must_be_the_file_s():
    for asked, text in (("nvidia-smi", FILES["nccl-tests"]), ("nccl-tests", FILES["dcgm-diag v3"])):
        with pytest.raises(Unreadable):
            read_test_log(text.encode(), name="a", format=asked, options=ReadOptions())
    with pytest.raises(ValueError, match="none of"):
        read_test_log(b"x", name="a", format="excel", options=ReadOptions())


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    text=st.sampled_from(list(FILES.values())),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.binary(max_size=12)), min_size=1, max_size=4),
)
def test_mutated_bytes_never_crash(text, cuts):
    raw = bytearray(text.encode())
    for at, length, insert in cuts:
        start = int(at * len(raw))
        raw[start : start + length] = insert
    log = read_or_none(bytes(raw))
    if log is not None:
        json.dumps(log.as_json(), allow_nan=False, ensure_ascii=False).encode()
        assert log.disposition in GRAVITY and (log.disposition != "accept" or log.verdict == "pass")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.binary(max_size=300))
def test_any_bytes_never_crash(raw):
    for format_ in ("auto", "dcgm-diag", "nvidia-smi", "nccl-tests"):
        with pytest.raises(Unreadable):
            read_test_log(raw, name="x", format=format_, options=ReadOptions())


JSON_LEAVES = st.none() | st.booleans() | st.integers(-3, 999) | st.floats(allow_nan=False) | st.text(max_size=6)
JSON_KEYS = st.sampled_from(
    ["test_categories", "category", "tests", "name", "results", "status", "gpu_id", "gpu_ids", "warnings", "info",
     "entity_id", "entity_group", "entities", "test_summary", "runtime_error", "error_id"]
)  # fmt: skip
JSON_TREES = st.recursive(
    JSON_LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(JSON_KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.sampled_from(["DCGM Diagnostic", "DCGM GPU Diagnostic"]), JSON_TREES, JSON_TREES, JSON_TREES)
def test_any_json_of_the_tool_s_words_never_crashes(key, body, groups, metadata):
    found = {key: body, "entity_groups": groups, "metadata": metadata, "GPU Device Serials": metadata}
    try:
        log = read(json.dumps(found))
    except Unreadable:
        return
    assert log.verdict == "none" or log.results
