"""The readers' sentences in Japanese, found again by their shape: what is stored stays in the reader's own words."""

import re
from functools import cache, lru_cache

from assembly.reader_words.findings import FINDINGS, PARTS
from assembly.reader_words.refusals import REFUSALS

LONGEST = 600
"""Characters of a sentence that is looked at; readers write at most 500."""


def in_japanese(sentence: str) -> str:
    """A reader's sentence in Japanese; one that nobody has translated as it is.

    A sentence behind a name (`sm of gpu:0: …`) is translated behind it."""
    return _translated(sentence) if len(sentence) <= LONGEST else sentence


@lru_cache(maxsize=4_000)
def _translated(sentence: str) -> str:
    found = _whole(sentence)
    if found is not None:
        return found
    head, mark, tail = sentence.partition(": ")
    while mark:
        found = _whole(tail)
        if found is not None:
            return f"{head}: {found}"
        more, mark, tail = tail.partition(": ")
        head = f"{head}: {more}"
    return sentence


def is_known(sentence: str) -> bool:
    """Whether a sentence has its Japanese."""
    return _translated(sentence) != sentence


def _whole(sentence: str) -> str | None:
    for shape, japanese in _shapes():
        match = shape.fullmatch(sentence)
        if match is not None:
            return japanese.format(*map(_part, match.groups()))
    return None


def _part(text: str) -> str:
    """What stands in a sentence: a file's own words, or some of ours."""
    says, mark, file = text.partition("; the file says ")
    ours = PARTS.get(says, says)
    return f"{ours}(ファイルでは {file})" if mark else ours


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The sentence with the most text of its own comes first."""
    pairs = {**REFUSALS, **FINDINGS}
    ordered = sorted(pairs, key=lambda english: -len(english.replace("{}", "")))
    return tuple((_shape(english), pairs[english]) for english in ordered)


def _shape(english: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL)
