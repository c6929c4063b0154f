"""Every kind of event that is recorded anywhere has words, in both languages, in the one table."""

from __future__ import annotations

import ast
import re

import pytest
from django.utils import translation

from ledger.event_words import EVENT_WORDS, VALUE_WORDS, sentence_of, title_of
from ledger.models import Event
from tests.contracts.source import name_of, python_files, tree_of

KIND = re.compile(r"(?:accounts|documents|inventory|assembly|logistics)\.[a-z0-9]+(?:-[a-z0-9]+)+")


def recorded_kinds() -> dict[str, str]:
    """Kind → a file of an operations room that spells it."""
    found: dict[str, str] = {}
    for path in python_files():
        if "/operations/" in name_of(path):
            for node in ast.walk(tree_of(path)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and KIND.fullmatch(node.value):
                    found.setdefault(node.value, name_of(path))
    return found


def test_every_kind_that_is_recorded_has_words() -> None:
    kinds = recorded_kinds()

    assert len(kinds) > 60
    assert {kind: place for kind, place in kinds.items() if kind not in EVENT_WORDS} == {}, "kinds without words"
    assert sorted(EVENT_WORDS.keys() - kinds.keys()) == [], "words of kinds that nobody records"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_words_are_there_in_both_languages(language: str) -> None:
    japanese = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
    with translation.override(language):
        said = {kind: (str(words.title), str(words.sentence)) for kind, words in EVENT_WORDS.items()}
        values = [str(word) for table in VALUE_WORDS.values() for _state, word in table.values()]

    assert all(title for title, _sentence in said.values())
    for text in [*(text for pair in said.values() for text in pair if text), *values]:
        assert bool(japanese.search(text)) == (language == "ja"), text


@pytest.mark.parametrize("kind", sorted(EVENT_WORDS))
def test_a_line_can_be_told_of_an_event_that_lacks_every_fact(kind: str) -> None:
    event = Event(kind=kind, payload={})

    assert title_of(event)[0] == EVENT_WORDS[kind].state
    assert "%(" not in sentence_of(event)[1]


def test_what_failed_is_no_tick_and_is_said_in_words() -> None:
    ended = Event(kind="assembly.burn-in-ended", payload={"verdict": "fail"})
    finished = Event(kind="assembly.operation-finished", payload={"operation": 350, "attempt": 1, "result": "fail"})

    with translation.override("ja"):
        assert sentence_of(ended) == ("fail", "エージング終了:不合格")
        assert sentence_of(finished)[0] == "fail"
    assert title_of(Event(kind="assembly.burn-in-ended", payload={"verdict": "pass"}))[0] == "ok"
