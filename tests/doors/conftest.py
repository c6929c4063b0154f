"""The small plant, for what the doors do with it."""

from tests.contracts.small_plant import small_plant, small_plant_url

__all__ = ["small_plant", "small_plant_url"]
