"""`nvidia-smi -q -x`, DTD v11 to v13: nvl72.md section 10.2.

The DOCTYPE names an external DTD; it is read over and never loaded, and any entity declaration refuses the file.
"""

import re
from collections import deque
from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError, fromstring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring as strictly

from assembly.test_logs.findings import Findings, check_count
from assembly.test_logs.nvidia_smi_checks import CHECKS, LOST, outcomes
from assembly.test_logs.nvidia_smi_fields import IDENTITIES, MEASURED, PLACES, WORDS
from assembly.test_logs.result import Entity, Plain, Reading, ReadOptions, TestResult, Unreadable
from assembly.test_logs.rules import worst
from assembly.test_logs.words import identity, place, quantity, told

TOOL = "nvidia-smi"

_START = re.compile(r"<\?xml\s|<!DOCTYPE\s+nvidia_smi_log|<nvidia_smi_log[\s>]")
_DTD = re.compile(r"nvsmi_device_(v\d{1,4})\.dtd", re.ASCII)
_STAMP = re.compile(r"[A-Z][a-z]{2}\s+([A-Z][a-z]{2})\s+(\d{1,2})\s+(\d\d:\d\d:\d\d)\s+(\d{4})", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def is_nvidia_smi(text: str) -> bool:
    return "<nvidia_smi_log" in text


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str | None]:
    """The findings, the driver's version and the DTD's; refuses XML that is cut off, unsound or of another root."""
    start = _START.search(text)
    if start is None:
        raise Unreadable("The file holds no nvidia_smi_log element.")
    root = _root(text[start.start() :].rstrip())
    findings = Findings(options)
    if banner := " ".join(text[: start.start()].split()):
        findings.because("accept", f"Other text stands before the XML: {banner[:80]!r}.")

    driver = told(root.findtext("driver_version")) or told(root.findtext("kmd_version"))
    host: dict[str, Plain] = {
        "driver_version": driver,
        "cuda_version": told(root.findtext("cuda_version")) or told(root.findtext("cuda_umd_version")),
        "reported_at": _reported_at(root.findtext("timestamp")),
    }
    gpus = root.findall("gpu")
    lowered = text.lower()
    may_be_lost = any(words in lowered for words in LOST)
    for index, gpu in enumerate(gpus):
        _gpu(findings, gpu, index, host, may_be_lost)
    _counts(findings, root, len(gpus))
    dtd = _DTD.search(text, start.start(), start.start() + 500)
    return findings, driver, dtd[1] if dtd else None


def _root(text: str) -> Element:
    try:
        root = _parsed(text)
    except ParseError as broken:
        line, _ = broken.position
        last = text.count("\n") + 1
        kind = "is cut off" if line >= last else "is not sound"
        raise Unreadable(f"The XML {kind} at line {line}: {broken}.") from broken
    except (DefusedXmlException, ValueError, RecursionError) as refused:
        raise Unreadable(f"The XML is refused: {type(refused).__name__}.") from refused
    if root.tag != "nvidia_smi_log":
        raise Unreadable(f"The XML's root is {root.tag[:40]!r}, not nvidia_smi_log.")
    return root


def _parsed(text: str) -> Element:
    """The strict parser asks Python about every element; it is needed only where an entity is declared, and nothing can
    declare one without writing this word. The parser in C loads no external DTD either."""
    if "<!ENTITY" in text:
        refused: Element = strictly(text, forbid_dtd=False, forbid_entities=True, forbid_external=True)
        return refused
    return fromstring(text)


def _reported_at(text: str | None) -> str | None:
    """`Fri Aug  4 11:44:30 2023` as ISO 8601 without a zone: the tool names none; the test host's zone is meant."""
    match = _STAMP.fullmatch((text or "").strip())
    if match is None or match[1] not in _MONTHS:
        return None
    return f"{match[4]}-{_MONTHS.index(match[1]) + 1:02d}-{int(match[2]):02d}T{match[3]}"


def _gpu(findings: Findings, gpu: Element, index: int, host: Mapping[str, Plain], may_be_lost: bool) -> None:
    texts = _texts(gpu)
    entity = _entity(texts, gpu.get("id"), index, host)
    findings.entities.append(entity)
    findings.readings.extend(_readings(texts, entity.label))
    if entity.uuid is None:
        findings.because("review", f"{entity.label} has no UUID: it cannot be told which GPU it is.")
    lost = _is_lost(gpu) if may_be_lost else None
    if lost:
        findings.results.append(TestResult(entity.label, "present", "fail", detail=lost))
        findings.because("hold", f"{entity.label}: {lost}.")
    for check in CHECKS:
        said = [one for one in outcomes(check, texts.get) if not (lost and one.verdict == "not_run")]
        if not said:
            continue
        why = "; ".join(one.why for one in said if one.why) or None
        verdict = worst(one.verdict for one in said)
        findings.results.append(TestResult(entity.label, check.name, verdict, detail=why))
        for one in said:
            if one.why:
                findings.because(one.disposition, f"{entity.label}: {one.why}.")


def _texts(gpu: Element) -> dict[str, str]:
    """The text at every path under a `gpu`, the first of several: read once, asked a hundred times."""
    found: dict[str, str] = {}
    waiting = deque([("", gpu)])
    while waiting:  # level by level: of two at one path the first is that of the file, since a path names its level
        before, element = waiting.popleft()
        for child in element:
            path = before + child.tag
            if path not in found:
                found[path] = child.text or ""
            if len(child):
                waiting.append((path + "/", child))
    return found


def _is_lost(gpu: Element) -> str | None:
    for element in gpu.iter():
        text = (element.text or "").strip()
        if text.lower() in LOST:
            return text.strip("[]")
    return None


def _entity(texts: Mapping[str, str], bus: str | None, index: int, host: Mapping[str, Plain]) -> Entity:
    def first(paths: tuple[str, ...]) -> str | None:
        return next((text for path in paths if (text := told(texts.get(path)))), None)

    part = identity(texts.get("board_part_number"))
    if "board_part_number" not in texts:  # before DTD 12 the board's number stood under the GPU's name
        part = identity(texts.get("gpu_part_number"))
    more: dict[str, Plain] = {"serial_raw": texts.get("serial")}
    more |= {name: first(paths) for name, paths in WORDS.items()}
    more |= {name: identity(first(paths)) for name, paths in IDENTITIES.items()}
    more |= {name: place(first(paths)) for name, paths in PLACES.items()}
    more["bus_id"] = more["bus_id"] or told(bus)
    return Entity(
        kind="gpu",
        index=index,
        uuid=told(texts.get("uuid")),
        serial=identity(texts.get("serial")),
        part_number=part,
        slot=place(texts.get("platformInfo/slot_number")),
        more={**more, **host},
    )


def _readings(looked: Mapping[str, str], entity: str) -> list[Reading]:
    """One for each field that the file names; a field that it names without a figure has the value None."""
    found: list[Reading] = []
    for name, paths in MEASURED:
        named, value, unit = False, None, None
        for path in paths:
            text = looked.get(path)
            if text is not None:
                named = True
                value, unit = quantity(text)
                if value is not None:
                    break
        if named:
            found.append(Reading(name, entity, value, unit))
    return found


def _counts(findings: Findings, root: Element, shown: int) -> None:
    attached = place(root.findtext("attached_gpus"))
    if not isinstance(attached, int):
        findings.because("review", "The file does not say how many GPUs are attached.")
    elif attached != shown:
        findings.results.append(TestResult(None, "attached-gpus", "not_run", detail=f"{shown} of {attached} shown"))
        findings.because("hold", f"{attached} GPUs are attached, but {shown} are in the file.")
    uuids = [entity.uuid for entity in findings.entities]
    check_count(findings, "GPU", findings.options.expect_gpus, uuids)
