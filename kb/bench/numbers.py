"""Types of numbers: how finely each one rounds, and operands that it can hold exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

#: Unit roundoff: half the distance from 1 to the next number. Integers do not round.
ROUNDOFF = {
    "fp64": 2.0**-53,
    "fp32": 2.0**-24,
    "tf32": 2.0**-11,
    "fp16": 2.0**-11,
    "bf16": 2.0**-8,
    "fp8": 2.0**-4,
    "int32": 0.0,
}
DTYPES = ("fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "int8")
_STORED: dict[str, type[np.generic]] = {
    "fp64": np.float64,
    "fp32": np.float32,
    "fp16": np.float16,
    "int8": np.int8,
}
#: Of types that numpy lacks, bits of mantissa with the hidden one; they are held as the nearest fp32.
_HELD = {"tf32": 11, "bf16": 8, "fp8": 4}
_INT8_DEVIATION = 32


def stored(dtype: str) -> type[np.generic]:
    """numpy's type that holds every number of ``dtype``."""
    return _STORED.get(dtype, np.float32)


def size_of(dtype: str) -> int:
    """Bytes of one number on a device."""
    return {"tf32": 4, "bf16": 2, "fp8": 1}.get(dtype) or np.dtype(stored(dtype)).itemsize


def described(dtype: str, zeros: bool) -> str:
    """What operands hold, in the words of a record."""
    if zeros:
        return "zeros"
    return f"standard normal × {_INT8_DEVIATION}, rounded" if dtype == "int8" else "standard normal"


def drawn(shape: tuple[int, ...], dtype: str, rng: np.random.Generator, *, zeros: bool = False) -> Array:
    """Standard normal numbers that ``dtype`` holds exactly, so that a device rounds nothing on the way in.

    int8: 32 times that, cut at ±127. Zeros draw less power, and so may run faster.
    """
    if zeros:
        return np.zeros(shape, stored(dtype))
    if dtype == "fp64":
        return rng.standard_normal(shape)
    values = rng.standard_normal(shape, dtype=np.float32)
    if dtype == "int8":
        return np.clip(np.rint(values * _INT8_DEVIATION), -127, 127).astype(np.int8)
    if dtype in _HELD:
        return _rounded(values, dtype)
    return values.astype(stored(dtype), copy=False)


def _rounded(values: Array, dtype: str) -> Array:
    """fp32 numbers rounded to what ``dtype`` holds; fp8 is e4m3 (Micikevicius et al. 2022)."""
    mantissa, exponent = np.frexp(values)
    # e4m3's smallest normal number is 2**-6, and frexp's mantissa lies below 1.
    lost = np.maximum(-5 - exponent, 0) if dtype == "fp8" else 0
    steps = np.ldexp(np.float32(1), _HELD[dtype] - lost)
    rounded: Array = np.ldexp(np.rint(mantissa * steps) / steps, exponent)
    return rounded.astype(np.float32)
