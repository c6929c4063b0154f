"""The demo plant: nine months of a plausible Harima, loaded through the same operations that people use.

`plan` decides what happens (seeded, pure), `clock` puts everything of all racks into one order of time, the other
modules are the acts. Nothing here writes a row: each act calls an operation as one of the plant's people, at the moment
at which it happened. `loading` runs it into an empty database; `moving` keeps the living racks going afterwards.
"""
