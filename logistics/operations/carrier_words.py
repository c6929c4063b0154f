"""What a carrier's own words mean, and under which waybill it knows a shipment: data that logistics keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from inventory.operations.units import next_keys
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.statements import ask
from logistics.files.carrier_lines import waybill_of, word_of
from logistics.models import Carrier, CarrierWord, Waybill
from logistics.operations.lanes import carriers_by_code
from logistics.operations.shipments import lock_shipments

Meaning = Literal["leg_departed", "leg_arrived", "position", "delayed", "ignore"]
WORD_LIMIT, WORDS_LIMIT, WAYBILL_LIMIT = 60, 200, 40
"""Characters of a word, words at once, characters of a waybill number."""


class CarrierWordOdd(Refusal):
    """A word is blank, too long or stands twice."""


class UnknownCarrierWord(Refusal):
    """The carrier has no such word."""


class WaybillOdd(Refusal):
    """The text is no waybill number."""


class WaybillTaken(Refusal):
    """The carrier knows another shipment under that number."""


@dataclass(frozen=True, slots=True)
class WordMeaning:
    """A carrier's word (its blanks, capitals and full-width letters do not matter) and what it means; `ignore`: nothing
    that happens on the way."""

    word: str
    meaning: Meaning


@operation(permission="logistics.keep_master_data", returns=Carrier)
def define_carrier_words(*, caller: Caller, carrier_code: str, words: list[WordMeaning]) -> Carrier:
    """Say what words of a carrier mean; a word that has a meaning gets the new one. Two at once come one after the
    other (lock by carrier). Refuses UnknownCarrier, CarrierWordOdd."""
    carrier = carriers_by_code({carrier_code})[carrier_code]
    _refuse_odd(words)
    ask("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"carrier words {carrier.pk}"])

    event = record(
        caller, "logistics.carrier-words-defined", carrier, carrier=carrier.code,
        words=[{"word": one.word.strip(), "meaning": one.meaning} for one in words],
    )  # fmt: skip
    folded = [word_of(one.word) for one in words]
    there = CarrierWord.objects.filter(carrier=carrier, word__in=folded, retired_at=None)
    there.update(retired_at=caller.at, retired_event_id=event)
    CarrierWord.objects.bulk_create(
        CarrierWord(
            carrier=carrier, word=word, shown=one.word.strip(), meaning=one.meaning, made_at=caller.at, event_id=event
        )
        for word, one in zip(folded, words, strict=True)
    )
    return carrier


@operation(permission="logistics.keep_master_data", returns=CarrierWord)
def retire_carrier_word(*, caller: Caller, carrier_code: str, word: str) -> CarrierWord:
    """Read a word of a carrier no more: a file that holds it is refused until it has a meaning again. Locks the word.

    Refuses UnknownCarrier, UnknownCarrierWord."""
    carrier = carriers_by_code({carrier_code})[carrier_code]
    rows = CarrierWord.objects.select_for_update(no_key=True, of=("self",))
    row = rows.filter(carrier=carrier, word=word_of(word), retired_at=None).first()
    if row is None:
        raise UnknownCarrierWord(
            _("“%(word)s” is no word of carrier %(carrier)s.") % {"word": word[:40], "carrier": carrier.code},
            true=_("Nothing was recorded."),
            do=_("Choose one from the list."),
        )

    event = record(caller, "logistics.carrier-word-retired", carrier, carrier=carrier.code, word=row.shown)
    row.retired_at, row.retired_event_id = caller.at, event
    row.save(update_fields=["retired_at", "retired_event_id"])
    return row


@operation(permission="logistics.ship", returns=Waybill)
def record_waybill(*, caller: Caller, shipment_id: int, number: str, carrier_code: str = "") -> Waybill:
    """Note under which number a carrier knows a shipment; blank means the shipment's own carrier. Locks the shipment.

    Refuses UnknownShipment, UnknownCarrier, WaybillOdd, WaybillTaken."""
    bare = waybill_of(number)
    if not bare or len(bare) > WAYBILL_LIMIT or not bare.isascii():
        raise WaybillOdd(
            _("“%(number)s” is no waybill number.") % {"number": number[:40]},
            true=_("It is letters and digits, %(limit)d at most. Nothing was recorded.") % {"limit": WAYBILL_LIMIT},
            do=_("Copy it from the carrier's waybill."),
        )
    shipment = lock_shipments([shipment_id])[shipment_id]
    carrier = carriers_by_code({carrier_code})[carrier_code] if carrier_code else shipment.carrier
    taken = Waybill.objects.filter(carrier=carrier, number=bare).select_related("shipment").first()
    if taken is not None:
        raise WaybillTaken(
            _("Waybill %(waybill)s is noted already.") % {"waybill": bare},
            true=_("It is that of %(number)s. Nothing was recorded.") % {"number": taken.shipment.number},
            do=_("Compare it with the carrier's waybill."),
        )

    (key,) = next_keys(Waybill, 1)
    event = record(
        caller, "logistics.waybill-noted", shipment, number=shipment.number, carrier=carrier.code, waybill=bare
    )
    return Waybill.objects.create(pk=key, shipment=shipment, carrier=carrier, number=bare, at=caller.at, event_id=event)


def _refuse_odd(words: Sequence[WordMeaning]) -> None:
    folded = [word_of(one.word) for one in words]
    say = ""
    if not words or len(words) > WORDS_LIMIT:
        say = _("1 to %(limit)d words are defined at once.") % {"limit": WORDS_LIMIT}
    elif not all(folded) or any(len(one.word) > WORD_LIMIT or not one.word.isprintable() for one in words):
        say = _("A word is blank, unprintable or longer than %(limit)d characters.") % {"limit": WORD_LIMIT}
    elif len(set(folded)) < len(folded):
        say = _("A word stands twice.")
    if say:
        raise CarrierWordOdd(say, true=_("Nothing was recorded."), do=_("Correct the words."))


wall(
    "waybill_is_of_one_shipment",
    lambda: WaybillTaken(_("The waybill was noted at the same moment."), true=_("Nothing was recorded.")),
)
