"""Every sentence that a reader can say has its Japanese, and a sentence that nobody has translated stays as it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from assembly.reader_words import in_japanese, is_known
from assembly.reader_words.findings import FINDINGS, PARTS
from assembly.reader_words.refusals import REFUSALS
from assembly.test_logs import dcgm_errors, rules

READERS = Path(rules.__file__).parent


COMPOSED = {
    "x1x1 is x1x1x1.": ["a of gpu:1 is 9 W, outside up to 3.", "a is 9, and fails the tool's own check."],
    "The XML x1 at line x1: x1.": ["The XML is cut off at line 3: x.", "The XML is not sound at line 3: x."],
    "The series x1 holds x1 values, but x1.": ["The series a holds 3 values, but 4 were announced.",
                                               "The series a holds 3 values, but no end."],
}  # fmt: skip
"""Sentences that are put together of parts, as they are said."""


def written(node: ast.expr) -> str | None:
    """The text of a string, an f-string or their sum, with `x1` where a value goes."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "x1" for part in node.values)
    if isinstance(node, ast.BinOp):
        return f"{written(node.left)}{written(node.right)}"
    return None


def said() -> Iterator[tuple[str, str]]:
    """(where, sentence) of every `because` and `Unreadable` of the readers."""
    for path in sorted(READERS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                sentence = written(node.args[-1]) if name in ("because", "Unreadable") else None
                if sentence is not None and sentence.replace("x1", "").strip(" :.,"):
                    for whole in COMPOSED.get(sentence, [sentence]):
                        yield f"{path.name}:{node.lineno}", whole


def test_every_sentence_of_a_reader_has_its_japanese() -> None:
    sentences = list(said())

    assert len(sentences) > 150
    assert [one for one in sentences if not is_known(one[1])] == []


def test_what_the_rules_say_is_japanese_to_its_last_word_of_ours() -> None:
    shipped = {(condition, why) for (_tool, condition, _key), (_asked, why) in rules.SHIPPED.items()}
    assert {why for condition, why in shipped if condition != "verdict"} <= set(PARTS)
    whys = [why for condition, why in shipped if condition == "verdict"]
    numbers = [*dcgm_errors.ERRORS, 9999]
    whys += [rules.after_error(one, said, "dcgm-diag", {})[1] for one in numbers for said in (None, 1, 2)]
    for why in whys:
        assert is_known(why) and in_japanese(f"sm of gpu:3: {why}") == f"sm of gpu:3: {in_japanese(why)}"
    assert in_japanese("Error 95 (x): ISOLATE: take it out; the file says MONITOR.") == (
        "エラー 95(x): ISOLATE: 取り外す(ファイルでは MONITOR)。"
    )


def test_both_sides_name_the_same_values() -> None:
    for english, japanese in (REFUSALS | FINDINGS).items():
        filled = japanese.format(*(f"<{n}>" for n in range(english.count("{}"))))
        assert all(f"<{n}>" in filled for n in range(english.count("{}"))), english


@pytest.mark.parametrize("text", ["", "QD 交換", "The QD is damaged; replace it", "x" * 5000, "{} {0} {x}", "a: b: c"])
def test_what_nobody_translated_stays(text: str) -> None:
    assert in_japanese(text) == text


def test_values_keep_their_places() -> None:
    assert in_japanese("busbw of gpu:1 is 790.2 GB/s, outside from 795.") == (
        "gpu:1 の busbw は 790.2 GB/s。規格 from 795 の外です。"
    )
    assert in_japanese("4 GPUs are in the file, 8 are expected.") == "ファイルは 4 GPU、期待は 8 個です。"
