"""Two people correct one run at the same moment: one correction stays."""

from __future__ import annotations

import pytest

from assembly.models import Amendment, OperationRun
from tests.assembly.test_amend_run import a_leak_test, amend, inside, number_field
from tests.assembly.world import pin_check
from tests.database import at_once
from tests.races.test_install_races import plant_with_commits  # noqa: F401 - a fixture

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("plant_with_commits")]


def test_of_two_corrections_at_once_one_stays() -> None:
    run = a_leak_test()
    was = number_field(run)
    text = inside(was)
    checks = {name: pin_check(name) for name in ("mei", "kenji")}

    said = at_once(
        *[lambda name=name: amend(run, was.field.code, text, who=name, pin_check_id=checks[name]) for name in checks]
    )

    assert sorted(type(one).__name__ for one in said) == ["AlreadyAmended", "OperationRun"]
    assert Amendment.objects.count() == 1
    assert OperationRun.objects.filter(build=run.build_id, operation=run.operation_id).count() == 2
