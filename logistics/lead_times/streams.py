"""Streams of random numbers: one for each named thing, so that adding a thing leaves the others' numbers alone."""

from functools import cache
from zlib import crc32

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from .shape import Days


class Streams:
    """Child streams of one seed. The same seed and path give the same numbers, whoever else draws."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def at(self, *path: str) -> Generator:
        """The stream of a path such as ("TWair", "assembly")."""
        return Generator(PCG64(_sequence(self._seed, path)))


@cache
def _key(word: str) -> int:
    return crc32(word.encode())


def _sequence(seed: int, path: tuple[str, ...]) -> SeedSequence:
    return SeedSequence(seed, spawn_key=tuple(_key(word) for word in path))


def normals(stream: Generator, draws: int) -> Days:
    """Standard normal scores."""
    return stream.standard_normal(draws, dtype=np.float32)


def uniforms(stream: Generator, draws: int) -> Days:
    """Uniform on [0, 1)."""
    return stream.random(draws, dtype=np.float32)
