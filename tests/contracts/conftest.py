"""What several contracts share."""

from tests.contracts.small_plant import small_plant, small_plant_url

__all__ = ["small_plant", "small_plant_url"]
