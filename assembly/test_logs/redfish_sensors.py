"""Sensors and leak detectors of a chassis, judged by their own thresholds and by the state they report."""

from collections.abc import Iterator, Mapping

from assembly.test_logs.redfish_tree import Tree
from assembly.test_logs.result import Reading, TestResult, Verdict, label

_UNITS = {"Cel": "C", "%": "%", "W": "W", "V": "V", "A": "A", "RPM": "RPM", "kPa": "kPa", "L/min": "L/min"}
_BOUNDS: tuple[tuple[str, bool, Verdict], ...] = (
    ("UpperFatal", True, "fail"), ("UpperCritical", True, "fail"), ("UpperCaution", True, "warn"),
    ("LowerFatal", False, "fail"), ("LowerCritical", False, "fail"), ("LowerCaution", False, "warn"),
)  # fmt: skip
_HEALTH: dict[str, Verdict] = {"OK": "pass", "Warning": "warn", "Critical": "fail"}
_LEAK: dict[str, Verdict] = {"OK": "pass", "Warning": "warn", "Critical": "fail"}


def sensors_of(tree: Tree, chassis: Mapping[str, object]) -> Iterator[tuple[Reading, TestResult | None]]:
    """A reading for each sensor, with a result where it, its thresholds or its state say something. A sensor that is
    not enabled is left unjudged."""
    place = str(chassis.get("Id") or "chassis")
    for sensor in tree.members(tree.linked(chassis, "Sensors")):
        name = str(sensor.get("Id") or sensor.get("Name") or "sensor")[:80]
        entity, unit, value = (
            label("sensor", f"{place}/{name}"),
            sensor.get("ReadingUnits"),
            _number(sensor.get("Reading")),
        )
        told = _UNITS.get(unit, unit) if isinstance(unit, str) else None
        yield Reading(name, entity, value, told), _judged(sensor, value, entity)


def _judged(sensor: Mapping[str, object], value: float | None, entity: str) -> TestResult | None:
    status = sensor.get("Status")
    state = status.get("State") if isinstance(status, Mapping) else None
    health = status.get("Health") if isinstance(status, Mapping) else None
    if state not in (None, "Enabled"):
        return None
    if value is None:
        return TestResult(entity, "sensor", "not_run", detail="no reading")
    for name, upper, verdict in _BOUNDS:
        bound = _bound(sensor.get("Thresholds"), name)
        if bound is not None and (value >= bound if upper else value <= bound):
            return TestResult(entity, "sensor", verdict, detail=f"{value:g} beyond {name} {bound:g}")
    if isinstance(health, str) and health in _HEALTH:
        return TestResult(entity, "sensor", _HEALTH[health])
    return None


def _bound(thresholds: object, name: str) -> float | None:
    one = thresholds.get(name) if isinstance(thresholds, Mapping) else None
    return _number(one.get("Reading")) if isinstance(one, Mapping) else None


def leaks_of(tree: Tree, chassis: Mapping[str, object]) -> Iterator[TestResult]:
    """A result for each leak detector; a state that is none of the three is no pass."""
    thermal = tree.linked(chassis, "ThermalSubsystem")
    detection = tree.linked(thermal, "LeakDetection") if thermal else None
    for detector in tree.members(tree.linked(detection, "LeakDetectors") if detection else None):
        name, state = str(detector.get("Id") or "leak")[:80], detector.get("DetectorState")
        verdict = _LEAK.get(state, "not_run") if isinstance(state, str) else "not_run"
        yield TestResult(label("leak", name), "leak detector", verdict, detail=str(state)[:40])


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
