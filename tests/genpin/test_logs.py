"""What the processes print: a line for each thing that happened, none for a look that found nothing."""

from __future__ import annotations

import logging

import pytest

from genpin.logs import NothingFound

SUCCESS = "Task %(name)s[1] succeeded in 0.1s: %(return_value)s"
"""As celery.app.trace words it."""


@pytest.mark.parametrize(
    ("level", "answer", "told"), [(20, "0", False), (20, "3", True), (20, "None", True), (40, "0", True)]
)
def test_a_look_that_found_nothing_prints_no_line(level: int, answer: str, told: bool) -> None:
    args = {"name": "genpin.take_in_files", "return_value": answer}
    record = logging.LogRecord("celery.app.trace", level, __file__, 1, SUCCESS, (args,), None)

    assert NothingFound().filter(record) is told
