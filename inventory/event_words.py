"""What the events of parts, units, lots and places are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ledger.event_words import EventWords

EVENTS = {
    "inventory.unit-registered": EventWords("info", _("Registered"), _("Registered, serial %(serial)s")),
    "inventory.unit-received": EventWords("ok", _("Received from the supplier"), _("Received from the supplier")),
    "inventory.unit-born": EventWords("ok", _("Registered with its board")),
    "inventory.unit-moved": EventWords("info", _("Moved"), _("Moved to %(to)s")),
    "inventory.unit-ended": EventWords("void", _("Life ended"), _("Life ended, %(how)s: %(reason)s")),
    "inventory.identifier-added": EventWords("info", _("Identifier added")),
    "inventory.identifier-closed": EventWords("void", _("Identifier closed")),
    "inventory.hold-placed": EventWords("hold", _("Put on hold"), _("Hold %(number)s: %(reason)s")),
    "inventory.hold-released": EventWords("ok", _("Hold released"), _("Hold %(number)s released: %(reason)s")),
    "inventory.return-opened": EventWords(
        "swap", _("Return to the supplier opened"), _("Return %(number)s to %(supplier)s opened: %(reason)s")
    ),
    "inventory.return-checked": EventWords(
        "ok",
        _("Trade control checked"),
        _("%(number)s checked for trade control: %(gaihi)s, ECCN %(eccn)s, to %(destination)s"),
    ),
    "inventory.return-sent": EventWords("run", _("Sent to the supplier"), _("%(number)s sent by %(carrier)s")),
    "inventory.return-settled": EventWords(
        "done", _("Return settled"), _("Return %(number)s settled: %(outcome)s. %(remarks)s")
    ),
    "inventory.unit-came-back": EventWords("ok", _("Came back"), _("Came back with %(number)s")),
    "inventory.recall-opened": EventWords("hold", _("Recall opened"), _("Recall %(number)s opened: %(reason)s")),
    "inventory.recall-widened": EventWords("hold", _("Recall widened"), _("Recall %(number)s widened: %(held)s held")),
    "inventory.recall-closed": EventWords("ok", _("Recall closed"), _("Recall %(number)s closed: %(reason)s")),
    "inventory.lot-registered": EventWords("info", _("Lot registered")),
    "inventory.lot-received": EventWords("ok", _("Lot received"), _("Lot %(lot)s received: %(quantity)s")),
    "inventory.lot-consumed": EventWords("info", _("Lot used"), _("Lot %(lot)s used: %(quantity)s")),
    "inventory.stock-moved": EventWords("info", _("Stock moved"), _("%(quantity)s moved from %(start)s to %(end)s")),
    "inventory.ship-notice-imported": EventWords("info", _("Ship notice imported")),
    "inventory.discrepancy-reported": EventWords(
        "late",
        _("Discrepancy found"),
        _("Discrepancy %(number)s: %(difference)s, %(quantity)s of %(part)s"),
        "difference",
    ),
    "inventory.discrepancy-settled": EventWords(
        "ok", _("Discrepancy settled"), _("Discrepancy %(number)s: %(settlement)s. %(reason)s")
    ),
    "inventory.supplier-defined": EventWords("info", _("Supplier registered")),
    "inventory.part-defined": EventWords("info", _("Part registered")),
    "inventory.part-revised": EventWords("info", _("Part revised")),
    "inventory.bom-released": EventWords("info", _("Bill of material released")),
    "inventory.scan-settled": EventWords(
        "done", _("Refused scan settled"), _("Refused scan %(text)s settled: %(way)s")
    ),
    "inventory.part-edited": EventWords("info", _("Part changed")),
    "inventory.part-revision-added": EventWords("info", _("Part revised"), _("Revision %(revision)s added")),
    "inventory.part-alias-added": EventWords("info", _("Other number added")),
    "inventory.supplier-edited": EventWords("info", _("Supplier changed")),
    "inventory.bom-drafted": EventWords("info", _("Draft of a bill begun")),
    "inventory.bom-line-added": EventWords("info", _("Line added to the draft")),
    "inventory.bom-line-changed": EventWords("info", _("Line of the draft changed")),
    "inventory.bom-line-dropped": EventWords("info", _("Line taken out of the draft")),
    "inventory.bom-draft-released": EventWords("ok", _("Bill of material released")),
    "inventory.bom-draft-discarded": EventWords("void", _("Draft of a bill given up")),
    "inventory.sampling-plan-drafted": EventWords("info", _("Sampling plan drafted")),
    "inventory.sampling-plan-changed": EventWords("info", _("Draft of the sampling plan changed")),
    "inventory.sampling-plan-released": EventWords("ok", _("Sampling plan released")),
    "inventory.sampling-plan-assigned": EventWords(
        "info", _("Sampling plan assigned"), _("Sampling plan of %(part)s: %(plan)s")
    ),
    "inventory.inspection-opened": EventWords(
        "wait", _("Incoming inspection opened"), _("Incoming inspection %(number)s opened: %(sample)s of %(size)s")
    ),
    "inventory.inspection-grown": EventWords(
        "wait",
        _("More arrived for the inspection"),
        _("%(number)s: %(by)s more arrived, sample %(sample)s of %(size)s"),
    ),
    "inventory.inspection-resized": EventWords(
        "info",
        _("Sample follows what is here"),
        _("%(number)s: sample %(sample)s of %(size)s, before %(before)s: units ended or came back"),
    ),
    "inventory.piece-inspected": EventWords(
        "info", _("Inspected on arrival"), _("Incoming inspection %(number)s, piece %(piece)s: %(verdict)s %(defect)s")
    ),
    "inventory.piece-taken-back": EventWords(
        "void", _("Inspected piece taken back"), _("Incoming inspection %(number)s, piece %(piece)s taken back")
    ),
    "inventory.inspection-accepted": EventWords(
        "ok",
        _("Incoming inspection: accepted"),
        _("Incoming inspection %(number)s accepted: %(nonconforming)s nonconforming of %(inspected)s"),
    ),
    "inventory.inspection-rejected": EventWords(
        "fail",
        _("Incoming inspection: rejected"),
        _("Incoming inspection %(number)s rejected: %(nonconforming)s nonconforming of %(inspected)s"),
    ),
    "inventory.sorting-opened": EventWords("wait", _("Sorting opened"), _("Sorting %(number)s of %(of)s opened")),
    "inventory.inspection-conceded": EventWords(
        "late", _("Accepted specially"), _("Inspection %(number)s accepted specially: %(reason)s")
    ),
    "inventory.lot-split": EventWords("swap", _("Lot split"), _("%(quantity)s of lot %(lot)s set apart as %(into)s")),
    "inventory.location-defined": EventWords("info", _("Location registered")),
}

ENDINGS = {"scrapped": ("void", _("scrapped")), "returned": ("void", _("returned to the supplier"))}
"""How a unit's life ends: value of the fact `how`."""

SETTLEMENTS = {
    "again": ("ok", _("Scanned again")),
    "by_hand": ("info", _("Done by hand")),
    "dropped": ("void", _("Not wanted any more")),
}
"""How a refused scan was settled: value of the fact `way`."""

DIFFERENCES = {
    "over": ("late", _("too many")),
    "under": ("late", _("too few")),
    "wrong_part": ("fail", _("wrong part")),
    "damaged": ("fail", _("damaged")),
}
"""What came otherwise than announced: (state, words)."""

DECISIONS = {
    "accept": ("ok", _("accepted")),
    "return": ("done", _("goes back to the supplier")),
    "await_rest": ("wait", _("the rest is awaited")),
    "supplier_informed": ("info", _("the supplier is informed")),
}
"""How a discrepancy is settled: (state, words)."""

PLAN_KINDS = {"sample": _("By samples"), "full": _("Every piece"), "none": _("Not inspected")}
"""What a sampling plan asks for."""

GAIHI = {"listed": ("late", _("listed")), "not_listed": ("ok", _("not listed"))}
"""The judgement of a trade-control check (該非判定)."""

OUTCOMES = {
    "repaired": ("ok", _("repaired and back")),
    "replaced": ("swap", _("replaced by another")),
    "credited": ("done", _("credited")),
    "sent_back": ("late", _("sent back unchanged")),
}
"""What became of a return: value of the fact `outcome`."""

VALUES = {
    "how": ENDINGS,
    "way": SETTLEMENTS,
    "difference": DIFFERENCES,
    "settlement": DECISIONS,
    "gaihi": GAIHI,
    "outcome": OUTCOMES,
}
