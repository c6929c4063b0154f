"""Cells of a plant's CSV: numbers, times of day in the plant, words of verdicts."""

import math
import re
from datetime import datetime

from assembly.test_logs.result import Unreadable, Verdict

VERDICTS: dict[str, Verdict] = {
    **dict.fromkeys(("pass", "passed", "ok", "p", "good", "合格", "合", "良", "良品", "○", "〇", "◯"), "pass"),
    **dict.fromkeys(("fail", "failed", "ng", "f", "bad", "不合格", "否", "不良", "不良品", "×", "✕", "x"), "fail"),
    **dict.fromkeys(("warn", "warning", "△", "注意"), "warn"),
    **dict.fromkeys(("error", "エラー", "異常"), "error"),
    **dict.fromkeys(("skip", "skipped", "n/a", "-", "ー", "―", "未実施", "中止", "対象外"), "not_run"),
}
"""Words as testers of the plant write them (lower case, folded); others are told and never pass."""

_NUMBER = re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,4})?", re.ASCII)
_WITH_COMMA = re.compile(r"[+-]?\d{1,40}(?:,\d{1,40})+(?:\.\d{0,40})?", re.ASCII)
_MOMENTS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")


def number_of(text: str, line: int) -> float:
    """A finite number. Refuses any other text, and a comma in it by its own sentence."""
    if _WITH_COMMA.fullmatch(text):
        raise Unreadable(f"Line {line}: {text[:30]} has a comma; write numbers with a point and without separators.")
    if not _NUMBER.fullmatch(text):
        raise Unreadable(f"Line {line}: {text[:30]!r} is no number.")
    value = float(text)
    if not math.isfinite(value):
        raise Unreadable(f"Line {line}: {text[:30]} is out of range.")
    return value


def moment_of(text: str, line: int) -> str:
    """A time as ISO text; without an offset it is the plant's own. Refuses what is no time."""
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        pass
    for form in _MOMENTS:
        try:
            return datetime.strptime(text, form).isoformat()
        except ValueError:
            continue
    raise Unreadable(f"Line {line}: {text[:30]!r} is no time; write 2026/11/20 16:05.")
