"""The master data of assembly, loaded once, for tests of what waits on a device."""

from tests.assembly.conftest import plant, plant_database

__all__ = ["plant", "plant_database"]
