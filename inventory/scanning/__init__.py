"""What a scan may mean: an empty table of resolvers which the apps fill in `ready()`, and the shape of the answer.

The scan door (`/api/scans/`) reads a text, asks the resolvers in order and gives the first answer. A resolver may call
one gated operation with the caller it was given (its key is the scan's id) and may raise a Refusal, which the door
turns into an answer by `refused`. What a scan means depends only on earlier scans of its operator session: they reach
a resolver as `ScanContext.facts`, the `context` of the answer before.

Our own barcodes use letters, digits and hyphens only, which a US/JIS mix-up of the scanner leaves alone:
`LOC-<location>`, `STN-<station>`, `OP-<tag>-<number>`, `SLOT-<position>`, `CAUSE-<code>`, `CMD-UNDO|HOLD|HELP|OK|NG`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from inventory.operations.finding import UnknownSerial
from inventory.scanning.labels import read_label
from inventory.scanning.meaning import bare, text_of
from inventory.text import LayoutError, fold, normalise
from ledger.callers import Caller
from ledger.refusals import Refusal

COMMANDS = ("UNDO", "HOLD", "HELP", "OK", "NG")


class UnknownScan(Refusal):
    """Nothing in the plant is meant by that text here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanContext:
    """Where a scan is read. `facts` is the context of the session's previous answer: plain JSON. `device_id`: the
    registered device, where badge and PIN opened the session."""

    station: str = ""
    station_kind: str = ""
    build_id: int | None = None
    position: str = ""
    run_id: int | None = None
    device_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanAnswer:
    """What the station shows and sounds; JSON-able, because a repeated scan gets it again word for word.

    `state`: ok, stop, hold, late, wait or run. `word`: instead of the state's own word. `say`: short sentences.
    `detail`: lines of {"code", "text"} below. `next`: the one act wanted now. `context`: facts for the next scan.
    `ask`: what the page asks for besides: `badge` and `name` of somebody whose PIN takes the station over, or
    `choices`, each a text to be scanned and its words. `label`: the parse of the code, beside the raw scan. A refusal
    fills `code`, `wrong`, `true` and `do`."""

    state: str
    say: tuple[str, ...] = ()
    word: str = ""
    detail: tuple[dict[str, str], ...] = ()
    next: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    signal: str = ""
    ask: dict[str, Any] = field(default_factory=dict)
    label: dict[str, Any] = field(default_factory=dict)
    code: str = ""
    wrong: str = ""
    true: str = ""
    do: str = ""

    def as_json(self) -> dict[str, Any]:
        """The answer as it is stored and sent."""
        plain = asdict(self)
        plain["say"], plain["detail"] = list(self.say), list(self.detail)
        plain["signal"] = self.signal or SIGNALS.get(self.state, "")
        return plain


SIGNALS = {"ok": "ok", "stop": "stop", "hold": "hold", "late": "hold"}

HELD = frozenset({"UnitHeld", "LotHeld"})

Resolver = Callable[[Caller, str, ScanContext], ScanAnswer | None]

RESOLVERS: list[tuple[int, Resolver]] = []
"""(order, resolver), smallest order first. Assembly and logistics take orders below 500, inventory's own from there."""


def register_resolver(order: int, function: Resolver) -> None:
    """Add a resolver; called in `AppConfig.ready()`. The same function again changes nothing."""
    if all(known is not function for _order, known in RESOLVERS):
        RESOLVERS.append((order, function))
        RESOLVERS.sort(key=lambda entry: entry[0])


def read_scan(caller: Caller, text: str, context: ScanContext) -> ScanAnswer:
    """The first answer of a resolver to what the code says. Refuses LayoutError, LabelUnreadable, LabelOfNothing,
    UnknownScan, and whatever the operation refuses."""
    _refuse_mix_up(text)
    content, label = read_label(text)
    clean = clean_scan(text_of(label) if label else content)
    answer = _resolved(caller, clean, context, may_be_prefixed=label is None)
    return replace(answer, label=label.as_json()) if label else answer


def _resolved(caller: Caller, clean: str, context: ScanContext, *, may_be_prefixed: bool) -> ScanAnswer:
    """The first answer; a text that names nothing is tried once more without its maker's data identifier."""
    try:
        for _order, resolver in RESOLVERS:
            answer = resolver(caller, clean, context)
            if answer is not None:
                return answer
    except UnknownSerial:
        rest = bare(clean) if may_be_prefixed else ""
        if not rest:
            raise
        try:
            return _resolved(caller, rest, context, may_be_prefixed=False)
        except UnknownSerial:
            pass
        raise  # the whole text is what stands on the label: that is what names nothing
    raise UnknownScan(
        _("%(text)s means nothing at this station.") % {"text": clean[:60]},
        true=_("Nothing was recorded."),
        do=_("Scan the label of the part, the place or the traveller."),
    )


def refused(refusal: Refusal, context: ScanContext) -> ScanAnswer:
    """A refusal as an answer. The context stays, so that the next scan can be the right one."""
    return ScanAnswer(
        state="hold" if refusal.code in HELD else "stop",
        say=(refusal.say,),
        code=refusal.code,
        wrong=refusal.say,
        true=refusal.true or _("Nothing was recorded."),
        do=refusal.do,
        context=dict(context.facts),
    )


_MIXED_UP = re.compile(r"https?\+//|\[(?:C1|d2|Q3|e0|J1|C0|Q1|d1)|\)\d{2}")
"""What `https://`, `]C1` and `(01)` become when the scanner types for a US keyboard and the computer reads JIS."""


def clean_scan(text: str) -> str:
    """The text of a scan, normalised. Refuses LayoutError: no silent repair, two layouts can turn one valid serial
    into another."""
    _refuse_mix_up(text)
    return normalise(text)


def _refuse_mix_up(text: str) -> None:
    if _MIXED_UP.match(fold(text)):
        raise LayoutError(
            _("The scanner's keyboard layout (US/JIS) does not match this computer."),
            true=_("Nothing was recorded."),
            do=_("Check the scanner's keyboard layout setting and scan again."),
        )


@dataclass(frozen=True, slots=True)
class OwnCode:
    """One of our own bar codes: LOC, STN, OP, SLOT, CAUSE or CMD; `value` what follows; `number` of an operation."""

    kind: str
    value: str
    number: int | None = None


def own_code(text: str) -> OwnCode | None:
    """The meaning of one of our own barcodes, or None for any other text."""
    kind, hyphen, rest = text.partition("-")
    if not hyphen or not re.fullmatch(r"[A-Za-z0-9-]+", rest):
        return None
    if kind == "CMD":
        return OwnCode(kind, rest) if rest in COMMANDS else None
    if kind == "OP":
        found = re.fullmatch(r"(.+)-(\d{1,6})", rest)
        return OwnCode(kind, found[1], int(found[2])) if found else None
    return OwnCode(kind, rest) if kind in ("LOC", "STN", "SLOT", "CAUSE") else None
