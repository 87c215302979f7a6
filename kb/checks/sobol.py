"""Scrambled Sobol points: several independent digital nets at once.

The points are those of ``scipy.stats.qmc.Sobol``, bit for bit: direction numbers of Joe & Kuo (2008),
Matoušek's linear matrix scramble with a digital shift (1998), in Gray-code order. They are made here
because importing ``scipy.stats`` takes longer than most checks do, and because a net of 2^m points is a few
exclusive-ors of whole arrays. Only scipy's file of direction numbers is read.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

#: Bits of a point: at most 2^30 points make one net.
BITS = 30

#: Points of a net are made in blocks of 2^NEAR, which a processor's nearest cache holds.
NEAR = 10

Bits = NDArray[np.uint32]
Words = NDArray[np.uint64]

_POWERS = 2 ** np.arange(BITS, dtype=np.uint32)


def nets(dimensions: int, size: int, root: np.random.SeedSequence, count: int) -> NDArray[np.float64]:
    """``count`` nets of ``size`` points in [0, 1), each scrambled by itself, as (dimensions, count, size).

    ``size`` is a power of two up to 2^30. A net's seed is a child of a child of ``root``, as scipy has it;
    ``root`` stays as it is.
    """
    plain = np.array([directions(dimension) for dimension in range(dimensions)], dtype=np.uint32)
    drawn = [_bits(dimensions, root, net) for net in range(count)]
    shift = np.stack([shift for shift, _ in drawn], axis=1) @ _POWERS
    found = _scrambled(plain, np.stack([matrix for _, matrix in drawn], axis=1))
    # In the 30 highest of the 52 bits of a double between 1 and 2, so that no point has to be converted.
    columns = found.astype(np.uint64) << np.uint64(52 - BITS)
    start = (shift.astype(np.uint64) << np.uint64(52 - BITS)) | np.float64(1).view(np.uint64)
    bits = size.bit_length() - 1
    near = min(bits, NEAR)
    block = _reflected(start, columns[..., :near])
    if bits == near:
        points = block
    else:
        blocks = _reflected(np.zeros_like(start), columns[..., near:bits])
        pair = np.stack([block, block[..., ::-1]], axis=2)
        points = blocks.reshape(dimensions, count, -1, 2, 1) ^ pair[:, :, None]
    shares = points.view(np.float64)
    shares -= 1.0
    return shares.reshape(dimensions, count, size)


def _reflected(start: Words, columns: Words) -> Words:
    """The exclusive-ors of columns (d, nets, m) in Gray-code order, from ``start`` (d, nets), 2^m of them.

    The order is reflected: every half is the one before it backwards, with one more column in it. So of
    blocks of 2^k points in a row, each second one is the first backwards, but for what is common to it.
    """
    points = np.empty((*start.shape, 1 << columns.shape[-1]), dtype=np.uint64)
    points[..., 0] = start
    for bit in range(columns.shape[-1]):
        half = 1 << bit
        np.bitwise_xor(points[..., half - 1 :: -1], columns[..., bit, None], out=points[..., half : 2 * half])
    return points


def _bits(dimensions: int, root: np.random.SeedSequence, net: int) -> tuple[Bits, Bits]:
    """Random bits of a net: of its shift as (d, BITS), of its matrices as (d, BITS, BITS)."""
    seed = np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, net, 0))
    bits = np.random.Generator(np.random.PCG64(seed)).integers(
        2, size=dimensions * BITS * (1 + BITS), dtype=np.uint32
    )
    first = dimensions * BITS
    return bits[:first].reshape(dimensions, BITS), bits[first:].reshape(dimensions, BITS, BITS)


def _scrambled(plain: Bits, matrices: Bits) -> Bits:
    """Direction numbers (d, BITS), each net's multiplied by its lower triangle, as (d, nets, BITS)."""
    lower = np.tril(matrices, -1) | np.eye(BITS, dtype=np.uint32)
    highest_first = plain[:, None, :] >> np.arange(BITS - 1, -1, -1, dtype=np.uint32)[:, None] & 1
    sums = lower.astype(np.float32) @ highest_first[:, None].astype(np.float32)
    return _POWERS[::-1] @ (sums.astype(np.uint32) & 1)


@lru_cache(maxsize=256)
def directions(dimension: int) -> tuple[int, ...]:
    """The direction numbers of one dimension, counted from 0, as integers below 2^30.

    The recurrence over a primitive polynomial is that of Bratley & Fox (1988).
    """
    if dimension == 0:
        return tuple(1 << BITS - 1 - j for j in range(BITS))
    polynomials, starts = _table()
    polynomial = int(polynomials[dimension])
    degree = polynomial.bit_length() - 1
    numbers = [int(number) for number in starts[dimension, :degree]]
    for j in range(degree, BITS):
        number = numbers[j - degree]
        for k in range(degree):
            if polynomial >> degree - 1 - k & 1:
                number ^= numbers[j - k - 1] << k + 1
        numbers.append(number)
    return tuple(number << BITS - 1 - j for j, number in enumerate(numbers))


@lru_cache(maxsize=1)
def _table() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The polynomial of each dimension and its first direction numbers, up to 21,201 dimensions."""
    import scipy

    with np.load(Path(scipy.__file__).parent / "stats" / "_sobol_direction_numbers.npz") as numbers:
        return numbers["poly"], numbers["vinit"]
