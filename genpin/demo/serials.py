"""Serial numbers in the forms that the makers use (domain/nvl72.md 3.5), each given once."""

from __future__ import annotations

import random
from collections import Counter
from uuid import UUID

_FORMS = {
    "superchip": "165{year}{n:08d}",
    "cartridge": "182{year}{n:08d}",
    "io_board": "MT{year}{week:02d}XZ{n:05d}",
    "dpu": "MT{year}{week:02d}BF{n:05d}",
    "switch": "MT{year}{week:02d}NV{n:05d}",
    "mgmt": "MT{year}{week:02d}SN{n:05d}",
    "bmc": "DCS{year}{week:02d}A{n:05d}",
    "switch_bmc": "P38{year}{week:02d}B{n:05d}",
    "hmc": "HMC{year}{week:02d}{n:05d}",
    "pdb": "PDB{year}{week:02d}C{n:05d}",
    "e1s": "S7ANNE{year}{n:06d}",
    "m2": "S6Z2NA{year}{n:06d}",
    "loop": "CPL{year}{week:02d}-{n:05d}",
    "shelf": "614FK0F{year}{week:02d}{n:05d}",
    "psu": "PSU55{year}{week:02d}{n:06d}",
    "pmc": "PMC13{year}{week:02d}{n:05d}",
    "bus_bar": "BB{year}-{n:04d}",
    "manifold": "MF{year}-{n:05d}",
    "chassis": "178{year}{n:08d}",
    "shock": "SW2-{year}{n:06d}",
    "tilt": "TW-{year}{n:06d}",
}


class Serials:
    """The makers' counters. `week` is the week of the year in which the thing was made."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._counts: Counter[str] = Counter({kind: rng.randrange(100, 900) for kind in sorted(_FORMS)})

    def next(self, kind: str, year: int, week: int) -> str:
        """A fresh serial of that kind."""
        self._counts[kind] += 1
        return _FORMS[kind].format(year=f"{year % 100:02d}", week=week, n=self._counts[kind])

    def gpu_uuid(self) -> str:
        """A fresh GPU UUID as nvidia-smi writes it."""
        return f"GPU-{UUID(int=self._rng.getrandbits(128), version=4)}"
