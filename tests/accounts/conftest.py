"""`plant`: the database of the loaded plant, for tests of the pages at its stations."""

from tests.assembly.conftest import plant, plant_database

__all__ = ["plant", "plant_database"]
