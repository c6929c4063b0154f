"""The planner's desk is tested in the loaded plant."""

from tests.assembly.conftest import plant, plant_database

__all__ = ["plant", "plant_database"]
