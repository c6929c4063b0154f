"""A readout of a BMC: the JSON resources of a Redfish tree, from a zip or a folder, by their own addresses.

Links may lead out of the readout: whoever follows one gets None, and the tree remembers that it was missing.
"""

import io
import json
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assembly.test_logs.json_text import whole
from assembly.test_logs.result import Unreadable

ZIP = b"PK\x03\x04"
ROOT = "/redfish/v1"
_BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
)
"""What Python's zip module raises on damaged archives."""

MOST_RESOURCES, MOST_BYTES, MOST_IN_ONE = 30_000, 400 * 1024 * 1024, 20 * 1024 * 1024
"""A GH200 tree has 2,000 resources and 5 MB; logs may hold 30,000 entries in one collection."""


@dataclass
class Tree:
    """Resources by address, without a slash at the end."""

    resources: Mapping[str, Mapping[str, object]]
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


def tree_of_zip(content: bytes) -> Tree:
    """Refuses a zip that is damaged, encrypted or unpacks to more than MOST_BYTES, and one without a Redfish root."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _tree(_unpacked(archive))
    except _BROKEN as broken:
        raise Unreadable(f"The zip cannot be unpacked: {broken}.") from broken
    except OSError as broken:
        raise Unreadable("The zip is damaged.") from broken


def tree_of_folder(folder: Path) -> Tree:
    """The same from a folder; links of the file system are not followed."""
    return _tree(_of_folder(folder))


def _of_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*.json")):
        facts = path.lstat()
        if stat.S_ISREG(facts.st_mode) and facts.st_size <= MOST_IN_ONE:
            yield path.relative_to(folder.parent).as_posix(), path.read_bytes()


def _unpacked(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    for entry in archive.infolist():
        if entry.is_dir() or not entry.filename.endswith(".json"):
            continue
        if entry.file_size > MOST_IN_ONE:
            raise Unreadable(f"{entry.filename[-60:]} unpacks to {entry.file_size} bytes.")
        with archive.open(entry) as file:
            yield entry.filename, file.read(MOST_IN_ONE + 1)


def _tree(files: Iterable[tuple[str, bytes]]) -> Tree:
    resources: dict[str, Mapping[str, object]] = {}
    size = 0
    for name, content in files:
        size += len(content)
        if len(resources) >= MOST_RESOURCES or size > MOST_BYTES or len(content) > MOST_IN_ONE:
            raise Unreadable("The readout is larger than that of any tray.")
        found = _resource(content)
        if found is not None:
            resources.setdefault(_address(found, name), found)
    if ROOT not in resources:
        raise Unreadable("The files hold no Redfish service root (/redfish/v1).")
    return Tree(resources)


def _resource(content: bytes) -> Mapping[str, object] | None:
    """A JSON object; other files of a readout are left out."""
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_int=whole)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and "\\u0000" not in str(found.get("@odata.id")) else None


def _address(resource: Mapping[str, object], name: str) -> str:
    own = resource.get("@odata.id")
    if isinstance(own, str) and own.startswith(ROOT):
        return own.rstrip("/")
    path = name.removesuffix(".json").removesuffix("/index")
    start = path.find("redfish/v1")
    return "/" + path[start:] if start >= 0 else "/" + path
