"""Which GPUs and CPUs a DCGM document speaks of: listed by the tool (v3 maps, v4 groups) and named in results."""

from collections.abc import Mapping, Sequence

from assembly.test_logs.json_text import as_index, as_list, as_object, as_text
from assembly.test_logs.result import Entity, Plain
from assembly.test_logs.words import identity, told


def v3_entities(document: Mapping[str, object]) -> list[Entity]:
    """From `GPU Device IDs` (by position) and `GPU Device Serials` (by GPU number); older outputs have neither."""
    ids = as_list(document.get("GPU Device IDs") or [], "GPU Device IDs")
    serials = as_object(document.get("GPU Device Serials") or {}, "GPU Device Serials")
    raw = {as_index(key, "a key of GPU Device Serials"): _text(value, "a serial") for key, value in serials.items()}
    # The list of device ids has no numbers of its own: by position it fits the serials' keys in order, or 0, 1, 2 ...
    order = sorted(raw) if len(raw) == len(ids) else list(range(len(ids)))
    device = {number: _text(ids[position], "a device id") for position, number in enumerate(order)}
    driver = _text(document.get("Driver Version Detected"), "Driver Version Detected")
    return [_entity("gpu", number, raw.get(number), device.get(number), driver) for number in sorted({*raw, *device})]


def v4_entities(document: Mapping[str, object], metadata: Mapping[str, object]) -> list[Entity]:
    """From `entity_groups`; `device_id` is the PCI device id and equal for all GPUs, so it identifies nothing."""
    driver = _text(metadata.get("Driver Version Detected"), "Driver Version Detected")
    found: list[Entity] = []
    for at, listed in enumerate(as_list(document.get("entity_groups") or [], "entity_groups")):
        where = f"entity_groups[{at}]"
        group = as_object(listed, where)
        kind = kind_of(as_text(group.get("entity_group"), f"{where}.entity_group"))
        for entity in as_list(group.get("entities"), f"{where}.entities"):
            one = as_object(entity, f"an entity of {where}")
            number = as_index(one.get("entity_id"), f"entity_id in {where}")
            serial, device = _text(one.get("serial_num"), "serial_num"), _text(one.get("device_id"), "device_id")
            found.append(_entity(kind, number, serial, device, driver))
    return found


def kind_of(group: str) -> str:
    """`GPU`, `GPU_I`, `CPU` ... as the plant's lower-case kinds."""
    return group.strip().lower() or "unknown"


def named_in(result: Mapping[str, object], where: str) -> list[tuple[str, int]]:
    """The entities one result is about; empty for the whole host (v3 level 1)."""
    if "entity_group" in result or "entity_id" in result:
        kind = kind_of(as_text(result.get("entity_group"), f"{where}.entity_group"))
        return [(kind, as_index(result.get("entity_id"), f"{where}.entity_id"))]
    several = result.get("gpu_ids")
    if isinstance(several, str):
        return [("gpu", as_index(one, f"{where}.gpu_ids")) for one in several.split(",") if one.strip()]
    if several is not None:
        listed: Sequence[object] = several if isinstance(several, list) else [several]
        return [("gpu", as_index(one, f"{where}.gpu_ids")) for one in listed]
    single = result.get("gpu_id")
    return [] if single is None else [("gpu", as_index(single, f"{where}.gpu_id"))]


def _text(value: object, where: str) -> str | None:
    return None if value is None else as_text(value, where)


def _entity(kind: str, number: int, serial: str | None, device: str | None, driver: str | None) -> Entity:
    more: dict[str, Plain] = {"serial_raw": serial, "device_id": told(device), "driver_version": told(driver)}
    return Entity(kind=kind, index=number, serial=identity(serial), more=more)
