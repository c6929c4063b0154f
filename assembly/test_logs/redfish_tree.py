"""A readout of a BMC: the JSON resources of a Redfish tree, from an archive or a folder, by their own addresses.

Links may lead out of the readout: whoever follows one gets None, and the tree remembers that it was missing. Of each
resource only what is read is held, of a log's entries only those that say something: a readout may be of any size.
"""

import io
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO

from assembly.test_logs.archives import BROKEN, members_of
from assembly.test_logs.json_stream import object_of
from assembly.test_logs.redfish_log import Log, event_of, is_entry
from assembly.test_logs.result import Unreadable

ROOT = "/redfish/v1"

MOST_RESOURCES, MOST_HELD, MOST_READ = 30_000, 128 * 1024 * 1024, 2 * 1024**3
"""A GH200 tree has 2,000 resources and 5 MB of JSON. Bytes of the resources that are held, before they are slimmed, and
of everything that is read, logs too."""
MOST_TEXT = 500
"""Characters of a text that are held."""

READ = frozenset(
    (
        "@odata.id", "Members", "Id", "Name", "MemberId",
        "RedfishVersion", "Product", "Vendor", "Chassis", "Systems", "UpdateService", "FirmwareInventory", "Version",
        "UUID", "SerialNumber", "PartNumber", "Model", "Manufacturer", "Assembly", "Assemblies",
        "Oem", "Nvidia", "ChassisPhysicalSlotNumber", "ComputeTrayIndex", "TopologyId",
        "Sensors", "Reading", "ReadingUnits", "Status", "State", "Health", "Thresholds",
        "UpperFatal", "UpperCritical", "UpperCaution", "LowerFatal", "LowerCritical", "LowerCaution",
        "ThermalSubsystem", "LeakDetection", "LeakDetectors", "DetectorState",
        "LogServices", "Entries", "Created", "MessageId", "MessageArgs", "Message", "Severity", "Resolved",
    )
)  # fmt: skip
"""Properties that a reader asks for, at whatever depth."""


@dataclass
class Tree:
    """Resources by address, without a slash at the end."""

    resources: Mapping[str, Mapping[str, object]]
    logs: Mapping[str, Log] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def at(self, address: str) -> Mapping[str, object] | None:
        """The resource, or None where the readout lacks it; the address is then remembered."""
        found = self.resources.get(address.rstrip("/"))
        if found is None:
            self.missing.add(address)
        return found

    def linked(self, resource: Mapping[str, object], name: str) -> Mapping[str, object] | None:
        """The resource that a property links to; None where there is no such property or it is missing."""
        link = resource.get(name)
        address = link.get("@odata.id") if isinstance(link, Mapping) else None
        return self.at(address) if isinstance(address, str) else None

    def log_of(self, collection: Mapping[str, object] | None) -> Log:
        """The entries that a collection gives whole; those that it links to, or that lie below it, are members."""
        address = str(collection.get("@odata.id")).rstrip("/") if collection else ""
        return self.logs.get(address) or Log()

    def below(self, collection: Mapping[str, object] | None) -> Iterator[Mapping[str, object]]:
        """Members of a collection, and resources below its address that it does not list: a log lists its newest."""
        if collection is None:
            return
        start, listed = f"{str(collection.get('@odata.id')).rstrip('/')}/", set()
        for member in self.members(collection):
            listed.add(str(member.get("@odata.id")).rstrip("/"))
            yield member
        for address, resource in self.resources.items():
            if address.startswith(start) and "/" not in address[len(start) :] and address not in listed:
                yield resource

    def members(self, collection: Mapping[str, object] | None) -> Iterator[Mapping[str, object]]:
        """Each member once: given whole in the collection, or looked up; one that is listed twice comes once."""
        seen: set[str] = set()
        listed = collection.get("Members") if collection else None
        for one in listed if isinstance(listed, list) else ():
            address = one.get("@odata.id") if isinstance(one, Mapping) else None
            if not isinstance(address, str) or address in seen:
                continue
            seen.add(address)
            found = one if len(one) > 1 else self.at(address)
            if found is not None:
                yield found


def tree_of_archive(file: BinaryIO) -> Tree:
    """A zip, tar or tar.gz. Refuses one that is damaged, encrypted or swells, and one without a Redfish root."""
    try:
        return _tree(members_of(file, ".json"))
    except Unreadable:
        raise
    except BROKEN as broken:  # found only as a member is read to its end: its sum is wrong
        raise Unreadable(f"The archive is damaged: {type(broken).__name__}.") from broken


def tree_of_folder(folder: Path) -> Tree:
    """The same from a folder; links of the file system are not followed."""
    return _tree(_of_folder(folder))


def _of_folder(folder: Path) -> Iterator[tuple[str, IO[bytes]]]:
    for path in sorted(folder.rglob("*.json")):
        if stat.S_ISREG(path.lstat().st_mode):
            with path.open("rb") as file:
                yield path.relative_to(folder.parent).as_posix(), file


class _Counted:
    """A member as it is read, with what was read of all of them."""

    def __init__(self) -> None:
        self.read_so_far = 0
        self.file: IO[bytes] = io.BytesIO()

    def read(self, size: int) -> bytes:
        found = self.file.read(size)
        self.read_so_far += len(found)
        if self.read_so_far > MOST_READ:
            raise Unreadable("The readout is larger than that of any tray.")
        return found


def _tree(files: Iterable[tuple[str, IO[bytes]]]) -> Tree:
    resources: dict[str, Mapping[str, object]] = {}
    logs: dict[str, Log] = {}
    counted, held = _Counted(), 0
    for name, file in files:
        before, log = counted.read_so_far, Log()
        counted.file = file
        found = object_of(counted, lambda one, log=log: _member(one, log))  # type: ignore[misc]
        if found is None or "\\u0000" in str(found.get("@odata.id")):
            continue  # other files of a readout are left out
        address = _address(found, name)
        if address in resources:
            continue
        resources[address] = _slim(found)
        if log.marks:
            logs[address] = log
        else:
            held += counted.read_so_far - before
        if len(resources) > MOST_RESOURCES or held > MOST_HELD:
            raise Unreadable("The readout is larger than that of any tray.")
    if ROOT not in resources:
        raise Unreadable("The files hold no Redfish service root (/redfish/v1).")
    return Tree(resources, logs)


def _member(one: object, log: Log) -> Any:
    """A member of a collection as it is held: a log's entries go to its log."""
    if isinstance(one, dict) and is_entry(one):
        log.take(event_of(one))
        return None
    return _slim(one)


def _slim(value: Any) -> Any:
    """Only what is read of a resource; the file itself is kept whole."""
    if isinstance(value, dict):
        return {key: _slim(one) for key, one in value.items() if key in READ}
    if isinstance(value, list):
        return [_slim(one) for one in value]
    return value[:MOST_TEXT] if isinstance(value, str) else value


def _address(resource: Mapping[str, object], name: str) -> str:
    own = resource.get("@odata.id")
    if isinstance(own, str) and own.startswith(ROOT):
        return own.rstrip("/")
    path = name.removesuffix(".json").removesuffix("/index")
    start = path.find("redfish/v1")
    return "/" + path[start:] if start >= 0 else "/" + path
