"""Saving a comparison: what was asked, what it stood on, what it answered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from django.utils.translation import gettext as _

from accounts.models import User
from inventory.operations.units import next_keys
from inventory.text import refuse_unprintable
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.lead_times.scenarios import default_scenarios
from logistics.models import SavedComparison
from logistics.queries.comparison import DOMESTIC, EARLY_YEN, LATE_YEN, SEED, ComparePage, CompareWish, compare_page
from logistics.queries.comparison_facts import facts_bytes
from logistics.queries.outlook import PLANT
from logistics.queries.own_scenarios import revisions_named

NAME_LIMIT = 60
CHOSEN_MOST = 3
RACKS_MOST, DAYS_MOST, YEN_MOST, SEED_MOST = 100, 365, 100_000_000, 2**31


class ComparisonNameOdd(Refusal):
    """A name is blank or too long."""


class ComparisonOdd(Refusal):
    """A figure is out of its range, or no scenario is chosen, or too many are."""


class ScenarioUnknown(Refusal):
    """No scenario has that name."""


@dataclass(frozen=True, slots=True)
class ComparisonAsked:
    """What is compared, as on the page: `against`: one to three scenarios beside the domestic one (a built-in one such
    as TWair, or a revision of one's own such as own3.2). Blank inputs are the plant's own; `need_by_days` counts from
    kit ready; `month`: kit ready in that month."""

    against: list[str]
    racks: int = 12
    need_by_days: int = 30
    month: int | None = None
    inbound_p50: Decimal | None = None
    first_pass_yield_percent: int | None = None
    late_yen: int = LATE_YEN
    early_yen: int = EARLY_YEN
    seed: int = SEED


@operation(permission="logistics.compare", returns=SavedComparison)
def save_comparison(*, caller: Caller, name: str, asked: ComparisonAsked) -> SavedComparison:
    """Answer a comparison as of now and keep it with all it stands on: inputs with grades and sources, seed and numbers
    of runs, figures and curves. The report is pressed from what is kept. Locks nothing.

    Refuses ComparisonNameOdd, TextUnprintable, ComparisonOdd, ScenarioUnknown."""
    title = " ".join(name.split())
    refuse_unprintable(title)
    if not title or len(title) > NAME_LIMIT:
        raise ComparisonNameOdd(
            _("A comparison is saved under a name of 1 to %(limit)d characters.") % {"limit": NAME_LIMIT},
            true=_("Nothing was recorded."),
            do=_("Say what is decided by it."),
        )
    _refuse_ranges(asked)
    _refuse_unknown(asked.against)
    page = compare_page(wish_of_asked(asked), caller.at)
    facts = facts_bytes(page)

    (key,) = next_keys(SavedComparison, 1)
    number = f"LC-{caller.at.astimezone(PLANT):%y}-{key:05d}"
    digest = hashlib.sha256(facts).hexdigest()
    event = record(
        caller, "logistics.comparison-saved", ("logistics.savedcomparison", key), number=number, name=title,
        facts=digest, seed=asked.seed, against=list(asked.against), figures=_figures(page),
    )  # fmt: skip
    return SavedComparison.objects.create(
        pk=key, number=number, name=title, facts=facts.decode(), facts_sha256=digest, as_of=caller.at,
        saved_by=cast(User, caller.user), event_id=event,
    )  # fmt: skip


def wish_of_asked(asked: ComparisonAsked) -> CompareWish:
    """The wish of the page that says the same."""
    percent = asked.first_pass_yield_percent
    return CompareWish(
        racks=asked.racks,
        need_by_days=float(asked.need_by_days),
        month=asked.month,
        inbound_p50=None if asked.inbound_p50 is None else float(asked.inbound_p50),
        first_pass_yield=None if percent is None else percent / 100,
        late_yen=asked.late_yen,
        early_yen=asked.early_yen,
        chosen=tuple(asked.against),
        seed=asked.seed,
    )


def _figures(page: ComparePage) -> dict[str, str]:
    """The chance that domestic is faster than each chosen scenario, and the domestic P80: what the event tells."""
    told = {name: f"{page.comparison.pair(DOMESTIC, name).p_first_faster:.4f}" for name in page.wish.chosen}
    return {**told, "p80_days": f"{page.comparison.result(DOMESTIC).p80:.4f}"}


def _refuse_ranges(asked: ComparisonAsked) -> None:
    chosen = len(asked.against)
    wrong = [
        word
        for word, holds in (
            (_("one to three scenarios, each once"), 1 <= chosen <= CHOSEN_MOST and len(set(asked.against)) == chosen),
            (_("racks from 1 to %(most)d") % {"most": RACKS_MOST}, 1 <= asked.racks <= RACKS_MOST),
            (_("days from 1 to %(most)d") % {"most": DAYS_MOST}, 1 <= asked.need_by_days <= DAYS_MOST),
            (_("a month from 1 to 12"), asked.month is None or 1 <= asked.month <= 12),
            (_("an inbound P50 from 1 to 30 days"), asked.inbound_p50 is None or 1 <= asked.inbound_p50 <= 30),
            (
                _("a first-pass yield from 10 to 100 percent"),
                asked.first_pass_yield_percent is None or 10 <= asked.first_pass_yield_percent <= 100,
            ),
            (
                _("costs from 1 to %(most)s yen a day") % {"most": f"{YEN_MOST:,}"},
                all(1 <= yen <= YEN_MOST for yen in (asked.late_yen, asked.early_yen)),
            ),
            (_("a seed of 0 or more"), 0 <= asked.seed < SEED_MOST),
        )
        if not holds
    ]
    if wrong:
        raise ComparisonOdd(
            _("A comparison needs %(wrong)s.") % {"wrong": "; ".join(wrong)},
            true=_("Nothing was recorded."),
            do=_("Correct the figures."),
        )


def _refuse_unknown(names: list[str]) -> None:
    known = {name for name in default_scenarios() if name != DOMESTIC}
    known |= {revision.code for revision in revisions_named(names)}
    for name in names:
        if name not in known:
            raise ScenarioUnknown(
                _("There is no scenario “%(name)s” to compare with.") % {"name": name[:40]},
                true=_("Nothing was recorded."),
                do=_("Choose one from the list of scenarios."),
            )
