"""Pages of logistics: control tower, lead times, shipments, audit."""
