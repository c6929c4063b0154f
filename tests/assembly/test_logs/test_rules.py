"""The rules as data: every error id has its severity, and exit codes move dispositions and never verdicts."""

import pytest

from assembly.test_logs.dcgm_errors import CATEGORIES, ERRORS, Severity
from assembly.test_logs.read import read_test_log
from assembly.test_logs.result import ReadOptions
from assembly.test_logs.rules import BENIGN_CONFIG, GRAVITY, NEEDS_A_PERSON, SHIPPED, after_error, after_exit
from assembly.test_logs.writing import Fault, dcgm_v4_diag

from .plant_files import because, read, tray


def test_the_table_knows_every_id_of_the_release():
    assert set(ERRORS) == set(range(1, 133))
    assert {known.category for known in ERRORS.values()} <= {None, *CATEGORIES}


def test_the_named_lists_are_config():
    assert {ERRORS[number].severity for number in BENIGN_CONFIG | NEEDS_A_PERSON} == {Severity.CONFIG}
    configured = {number for number, known in ERRORS.items() if known.severity is Severity.CONFIG}
    assert configured == BENIGN_CONFIG | NEEDS_A_PERSON


@pytest.mark.parametrize("error_id", sorted(ERRORS))
def test_no_error_is_accepted(error_id):
    asked, why = after_error(error_id, int(ERRORS[error_id].severity), "dcgm-diag", SHIPPED)

    assert GRAVITY.index(asked) >= GRAVITY.index("retest") and str(error_id) in why
    if ERRORS[error_id].severity is Severity.ISOLATE:
        assert asked == "hold"
    if ERRORS[error_id].severity is Severity.MONITOR:
        assert asked == "review"


@pytest.mark.parametrize(
    ("code", "clean", "faulty"),
    [
        (0, "accept", "retest"),
        (226, "review", "retest"),
        (205, "hold", "hold"),
        (204, "review", "retest"),
        (203, "review", "retest"),
        (199, "hold", "hold"),
        (198, "review", "retest"),
        (1, "review", "review"),
        (-51, "hold", "hold"),
        (-30, "review", "retest"),
    ],
)
def test_an_exit_code_moves_the_disposition_alone(code, clean, faulty):
    passed = read(dcgm_v4_diag(tray()), gpus=4, exit_code=code)
    failed = read(dcgm_v4_diag(tray(), failing=[Fault(0, "software", 29)]), gpus=4, exit_code=code)

    assert (passed.verdict, passed.disposition) == ("pass", clean)
    assert (failed.verdict, failed.disposition) == ("fail", faulty)
    assert code == 0 or because(passed, "Exit code")


def test_no_exit_code_asks_for_acceptance_of_a_clean_contradiction():
    for code in (int(key) for tool, what, key in SHIPPED if (tool, what) == ("dcgm-diag", "exit")):
        asked = after_exit(code, "pass", "dcgm-diag", SHIPPED)
        assert asked is not None and asked[0] != "accept"


def test_the_plants_own_rules_dispose_and_the_verdict_stays():
    content = dcgm_v4_diag(tray(), failing=[Fault(0, "software", 29)]).encode()
    own = {**SHIPPED, ("dcgm-diag", "error", "29"): ("hold", "the plant sets persistence by script")}

    shipped = read_test_log(content, name="x", options=ReadOptions(expect_gpus=4))
    ours = read_test_log(content, name="x", options=ReadOptions(expect_gpus=4, rules=own))

    assert (shipped.verdict, shipped.disposition) == ("fail", "retest")
    assert (ours.verdict, ours.disposition) == ("fail", "hold")
    assert any("the plant sets persistence by script" in reason for reason in ours.reasons)
