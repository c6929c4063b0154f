"""The figures in DCGM's `info` sentences: `GPU 0 GPU to Host bandwidth:  13.15 GB/s`, `Allocated N bytes (97.3%)`."""

import re
from collections.abc import Iterable, Iterator

from assembly.test_logs.result import Reading, label
from assembly.test_logs.words import number

_PIECES = re.compile(r",\s|\n")
_SUBJECT = re.compile(r"GPU[ \t]+(\d{1,6})[:,]?[ \t]+", re.ASCII)
_FIGURE = re.compile(
    r"([A-Za-z][A-Za-z _]{0,60}):\s{0,8}([-+]?\d{1,30}(?:\.\d{1,30})?)\s{0,8}([A-Za-z/%]{1,10})?", re.ASCII
)
_ALLOCATED = re.compile(r"Allocated (\d{1,20}) bytes(?: \((\d{1,3}(?:\.\d{1,6})?)%\))?", re.ASCII)


def readings_in(info: Iterable[str], test: str, entity: str | None) -> Iterator[Reading]:
    """Readings named `<test>.<what>`; the GPU is the result's own, else the one that the sentence names."""
    for sentence in info:
        for piece in _PIECES.split(sentence):
            text, subject = _without_subject(piece.strip())
            yield from _readings(text, _slug(test), entity or subject)


def _without_subject(piece: str) -> tuple[str, str | None]:
    subject = None
    while match := _SUBJECT.match(piece):
        subject = label("gpu", int(match[1]))
        piece = piece[match.end() :]
    return piece, subject


def _readings(text: str, test: str, entity: str | None) -> Iterator[Reading]:
    if match := _ALLOCATED.match(text):
        yield Reading(f"{test}.allocated", entity, number(match[1]), "B")
        if match[2]:
            yield Reading(f"{test}.allocated_share", entity, number(match[2]), "%")
    elif match := _FIGURE.match(text):
        yield Reading(f"{test}.{_slug(match[1])}", entity, number(match[2]), match[3])


def _slug(words: str) -> str:
    return "_".join(re.findall(r"[a-z0-9]+", words.lower()))
