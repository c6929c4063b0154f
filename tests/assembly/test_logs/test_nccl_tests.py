"""nccl-tests logs: layouts, prefixes, noise, and each way a run can be no pass."""

import pytest

from assembly.test_logs.result import Limit, Unreadable
from assembly.test_logs.writing import Host, nccl_all_reduce

from .plant_files import RACK, because, measured, read, verdict_of

CLEAN = nccl_all_reduce(RACK)
LINES = CLEAN.splitlines()
ROWS = [number for number, line in enumerate(LINES) if line.lstrip()[:1].isdigit()]


def without(*numbers: int) -> str:
    return "\n".join(line for number, line in enumerate(LINES) if number not in numbers)


def test_a_clean_rack_is_accepted():
    log = read(CLEAN, ranks=72, exit_code=0)

    assert (log.verdict, log.disposition, log.reasons) == ("pass", "accept", ())
    assert log.entities[71].more["host"] == "ct18" and log.entities[71].more["device"] == 3


@pytest.mark.parametrize("prefix", ["[1,0]<stdout>:", "[1,0]<stdout>: ", "[17,0]<stderr>:", "0: ", "  0: "])
def test_the_rank_labels_of_launchers_are_taken_off(prefix):
    log = read("".join(f"{prefix}{line}\n" for line in LINES), ranks=72)

    assert (log.verdict, log.disposition) == ("pass", "accept")


def test_noise_between_the_rows_changes_nothing():
    noise = "ct01:3442:3442 [0] NCCL INFO Launch mode Parallel"
    log = read("\n".join(f"{noise}\n{line}" for line in LINES), ranks=72)

    assert (log.verdict, log.disposition) == ("pass", "accept")


def test_a_missing_footer_fails():
    for text in (nccl_all_reduce(RACK, finished=False), "\n".join(LINES[:-2])):
        log = read(text, ranks=72)

        assert (log.verdict, log.disposition) == ("fail", "review") and because(log, "footer is missing")


def test_wrong_values_fail():
    log = read(nccl_all_reduce(RACK, wrong=3), ranks=72)

    assert (log.verdict, log.disposition) == ("fail", "hold")
    assert verdict_of(log, "values") == verdict_of(log, "out-of-bounds") == "fail"


def test_wrong_values_fail_even_under_a_clean_footer():
    text = nccl_all_reduce(RACK, wrong=3).replace(": 3 FAILED", ": 0 OK")

    assert read(text, ranks=72).verdict == "fail"


@pytest.mark.parametrize("footer", ["0 FAILED", "4 OK", "0 UNKNOWN"])
def test_a_footer_that_is_not_0_ok_fails(footer):
    assert read(CLEAN.replace("values : 0 OK", f"values : {footer}"), ranks=72).verdict == "fail"


def test_a_rank_fewer_than_asked_fails():
    log = read(nccl_all_reduce((*RACK[:-1], Host("ct18", ("0x08", "0x09", "0x18")))), ranks=72)

    assert (log.verdict, log.disposition) == ("fail", "hold") and because(log, "71 ranks are in the file")


def test_the_count_that_was_not_checked_is_said():
    assert because(read(CLEAN), "was not checked")


def test_a_missing_rank_line_leaves_a_gap():
    first_rank = next(number for number, line in enumerate(LINES) if "Rank  5" in line)

    assert read(without(first_rank)).verdict == "not_run"
    assert read(without(*(n for n, line in enumerate(LINES) if "Rank" in line))).disposition == "review"


def test_two_ranks_on_one_gpu_are_reviewed():
    log = read(nccl_all_reduce((Host("ct01"), Host("ct01"))), ranks=8)

    assert log.disposition == "review" and because(log, "8 ranks run on 4 GPUs")


def test_a_missing_largest_row_is_seen():
    log = read(without(ROWS[-1]), ranks=72)

    assert (log.verdict, log.disposition) == ("not_run", "review") and because(log, "were asked for")


def test_a_missing_row_in_the_middle_is_seen_by_the_average():
    log = read(without(ROWS[2]), ranks=72)

    assert log.disposition == "review" and because(log, "a row is missing")


def test_a_row_that_is_cut_is_not_overlooked():
    lines = [line[:60] if number == ROWS[-1] else line for number, line in enumerate(LINES)]

    assert read("\n".join(lines), ranks=72).verdict == "not_run"


def test_no_rows_is_no_pass():
    assert read(without(*ROWS), ranks=72).verdict == "not_run"


@pytest.mark.parametrize("word", ["nan", "inf", "N/A"])
def test_a_bandwidth_that_is_no_number_is_absent(word):
    log = read(CLEAN.replace("  834.57", f"  {word:>6s}"), ranks=72)

    assert measured(log, "busbw_out_of_place") == (None, "GB/s")
    assert (log.verdict, log.disposition) == ("not_run", "review")


def test_unchecked_data_is_reviewed():
    for text in (CLEAN.replace("validation: 1", "validation: 0"), CLEAN.replace("      0  ", "    N/A  ")):
        log = read(text, ranks=72)

        assert (log.verdict, log.disposition) == ("pass", "review") and because(log, "did not check its data")


def test_the_largest_size_is_what_a_limit_judges():
    low = read(CLEAN, ranks=72, limits={"busbw": Limit(low=840, unit="GB/s")})
    good = read(CLEAN, ranks=72, limits={"busbw": Limit(low=800, unit="GB/s")})

    assert (low.verdict, low.disposition) == ("fail", "hold") and because(low, "busbw is 834.57")
    assert (good.verdict, good.disposition) == ("pass", "accept")
    assert [r.low for r in good.measurements if r.name == "busbw"] == [800]


def test_two_runs_in_one_file_are_refused():
    with pytest.raises(Unreadable, match="more than one"):
        read(CLEAN + CLEAN)


def test_the_version_of_newer_releases_is_read():
    log = read("# Collective test starting: all_reduce_perf\n# nccl-tests version 2.17.6 nccl-headers=22807\n" + CLEAN)

    assert log.tool_version == "2.17.6"
