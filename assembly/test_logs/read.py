"""The one door of this room: bytes of a tester's file in, facts out, or Unreadable."""

import hashlib
import io
from collections.abc import Callable, Iterable
from typing import NamedTuple

from assembly.test_logs import (
    dcgm,
    dcgm_nodes,
    fio,
    hpl,
    ipmi_sel,
    kernel_log,
    nccl_tests,
    nvbandwidth,
    nvidia_smi,
    nvidia_smi_csv,
    ocp_diag,
    openhtf,
    plant_csv,
    redfish,
    smartctl,
    stress_ng,
)
from assembly.test_logs.archives import HEAD, is_archive
from assembly.test_logs.findings import Findings, Head
from assembly.test_logs.redfish_tree import Tree, tree_of_archive
from assembly.test_logs.result import FORMATS, ReadOptions, TestLog, Unreadable
from assembly.test_logs.text import text_of


class Reader(NamedTuple):
    """How one tool's text is recognised and read; `read` gives findings, tool version and variant."""

    tool: str
    recognises: Callable[[str], bool]
    read: Callable[[str, ReadOptions], tuple[Findings, str | None, str | None]]


READERS: tuple[Reader, ...] = (  # asked in this order: records that may quote other tools first, a kernel log last
    Reader(ocp_diag.TOOL, ocp_diag.is_ocp_diag, ocp_diag.read),
    Reader(openhtf.TOOL, openhtf.is_openhtf, openhtf.read),
    Reader(dcgm_nodes.TOOL, dcgm_nodes.is_dcgm_nodes, dcgm_nodes.read),
    Reader(dcgm.TOOL, dcgm.is_dcgm, dcgm.read),
    Reader(nvidia_smi.TOOL, nvidia_smi.is_nvidia_smi, nvidia_smi.read),
    Reader(nccl_tests.TOOL, nccl_tests.is_nccl_tests, nccl_tests.read),
    Reader(nvbandwidth.TOOL, nvbandwidth.is_nvbandwidth, nvbandwidth.read),
    Reader(fio.TOOL, fio.is_fio, fio.read),
    Reader(smartctl.TOOL, smartctl.is_smartctl, smartctl.read),
    Reader(hpl.TOOL, hpl.is_hpl, hpl.read),
    Reader(stress_ng.TOOL, stress_ng.is_stress_ng, stress_ng.read),
    Reader(nvidia_smi_csv.TOOL, nvidia_smi_csv.is_nvidia_smi_csv, nvidia_smi_csv.read),
    Reader(ipmi_sel.TOOL, ipmi_sel.is_ipmi_sel, ipmi_sel.read),
    Reader(kernel_log.TOOL, kernel_log.is_kernel_log, kernel_log.read),
)


def read_test_log(content: bytes, *, name: str, format: str = "auto", options: ReadOptions | None = None) -> TestLog:  # noqa: A002
    """What the file says. `name` is only repeated in the answer: what the file is shows in its bytes.

    Raises Unreadable, and nothing else, for a file that is not understood; ValueError for a format that we do not have.
    """
    if format not in FORMATS:
        raise ValueError(f"{format!r} is none of {', '.join(FORMATS)}.")
    options = options or ReadOptions()
    if format in ("auto", redfish.TOOL) and is_archive(content[:HEAD]):
        tree = tree_of_archive(io.BytesIO(content))
        return read_tree(tree, name=name, sha256=hashlib.sha256(content).hexdigest(), options=options)
    plain = text_of(content)
    digest = hashlib.sha256(content).hexdigest()
    if format in ("auto", plant_csv.TOOL) and options.column_maps:
        own = text_of(content, fallback="cp932") if plain.repairs else plain
        fit = plant_csv.fit_of(own.text, options.column_maps)
        if fit is not None:
            return _concluded(plant_csv.read(own.text, fit, options), own.repairs, (name, digest, plant_csv.TOOL))
    reader = _reader(plain.text, format)
    return _concluded(reader.read(plain.text, options), plain.repairs, (name, digest, reader.tool))


def _concluded(
    said: tuple[Findings, str | None, str | None],
    repairs: Iterable[str],
    about: tuple[str, str, str],
) -> TestLog:
    findings, version, variant = said
    for repair in repairs:
        findings.because("review", repair)
    name, digest, tool = about
    return findings.conclude(Head(name, digest, tool, version, variant))


def read_tree(tree: Tree, *, name: str, sha256: str, options: ReadOptions) -> TestLog:
    """What a readout of a BMC says; `sha256` is that of its archive."""
    findings, version, variant = redfish.read(tree, options)
    return findings.conclude(Head(name, sha256, redfish.TOOL, version, variant))


def _reader(text: str, format: str) -> Reader:  # noqa: A002
    for reader in READERS:
        if reader.tool == format or (format == "auto" and reader.recognises(text)):
            return reader
    if format == redfish.TOOL:
        raise Unreadable("A Redfish readout is a zip or tar.gz of the BMC's tree, or its folder.")
    if format == plant_csv.TOOL:
        raise Unreadable("No column map fits the heading of this file.")
    raise Unreadable("Not a known format.")
