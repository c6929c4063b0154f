"""Editing rack families and stations: what pages, planning and papers say of them."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from assembly.models import RackModel
from assembly.operations.designs import WrongRackModel
from ledger.callers import Caller
from ledger.operations import operation
from ledger.versions import amend, locked


@operation(permission="assembly.keep_master_data", returns=RackModel)
def edit_rack_model(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    rack_model_id: int,
    version: int,
    name: str,
    rack_units: int,
    planned_kw: Decimal,
    litres_per_minute_per_kw: Decimal,
) -> RackModel:
    """Change a rack family's name, height (rack units), planned kW and litres a minute for each kW. The height never
    falls below a slot of its designs. Locks the rack model. Refuses StaleEdit, WrongRackModel."""
    model = locked(RackModel, pk=rack_model_id)
    if not name.strip() or not 0 < rack_units <= 60 or planned_kw <= 0 or litres_per_minute_per_kw <= 0:
        raise WrongRackModel(_("A rack model needs a height, a power and a flow above zero."))
    tops = model.designs.filter(slots__ru__isnull=False).values_list("slots__ru", "slots__ru_height")
    top = max(((ru or 0) + height - 1 for ru, height in tops), default=0)
    if rack_units < top:
        raise WrongRackModel(
            _("A design of this rack model has a slot at rack unit %(top)d.") % {"top": top},
            true=_("Nothing was recorded."),
        )
    given = {
        "name": name, "rack_units": rack_units, "planned_kw": planned_kw,
        "litres_per_minute_per_kw": litres_per_minute_per_kw,
    }  # fmt: skip
    return amend(caller, model, "assembly.rack-model-edited", version, given, code=model.code)  # type: ignore[no-any-return]
