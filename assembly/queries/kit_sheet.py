"""The facts of a kit list."""

from __future__ import annotations

from assembly.documents.kit_list import KitRow, KitSheet
from assembly.models import Kit
from assembly.queries.kits import LineState, kit_lines
from documents.words import PLANT_NAME, PLANT_TIME, Plant, Words, plain_digits
from ledger.models import Event

PLANT = Plant(PLANT_NAME, Words("資材課", "Materials"))


def kit_sheet(kit_id: int) -> KitSheet:
    """A kit as it stands after the last event about it or its parts. Seven queries. Raises Kit.DoesNotExist."""
    kit = Kit.objects.select_related("build__unit", "build__design__part_revision__part", "location").get(pk=kit_id)
    last = Event.objects.filter(subject_type="assembly.kit", subject_id=kit.pk).order_by("-pk").first()
    product = kit.build.design.part_revision.part
    at = last.recorded_at if last else kit.opened_at
    states = kit_lines(kit, at.astimezone(PLANT_TIME).date())
    latest = max([kit.event_id, *(pick.event_id for state in states for pick in state.picks), last.pk if last else 0])
    moments = [at, *(pick.at for state in states for pick in state.picks)]
    return KitSheet(
        plant=PLANT,
        number=kit.number,
        unit=kit.build.unit.name,
        tag=kit.build.unit.tag,
        product=Words(product.name_ja, product.name_en),
        part_number=product.number,
        design=kit.build.design.code,
        order=kit.build.order_number,
        need_by=kit.build.need_by,
        place=Words(kit.location.name_ja, kit.location.name_en),
        at=max(moments),
        record=latest,
        rows=tuple(_row(state) for state in states),
    )


def _row(state: LineState) -> KitRow:
    part, then = state.line.part, state.next
    return KitRow(
        number=state.line.number,
        part_number=part.number,
        name=Words(part.name_ja, part.name_en),
        position=state.line.slot.position if state.line.slot else "",
        quantity=plain_digits(state.line.quantity),
        unit=state.line.unit,
        place=Words(then.place_ja, then.place_en) if then else Words("", ""),
        suggested=then.name if then else "",
        expires_on=then.expires_on if then else None,
        fetched=tuple(
            pick.picked_unit.name if pick.picked_unit else pick.lot.number if pick.lot else "" for pick in state.picks
        ),
        short=state.short,
    )
