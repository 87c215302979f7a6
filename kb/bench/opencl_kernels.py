"""OpenCL C for the tests. Each result is proven before it is timed.

Matrices are n × n, n a multiple of 256, row by row. ``T`` is the type, ``V`` how many numbers a vector holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from kb.bench.backend import Job

TYPES = {"fp64": "double", "fp32": "float", "fp16": "half"}
BYTES = {"fp64": 8, "fp32": 4, "fp16": 2}


@dataclass(frozen=True, slots=True)
class Program:
    """A kernel called ``test`` that takes the operands and then the result, and how many items it runs on.

    ``local`` is the shape of a work group, None for the driver's choice; ``memory`` what it takes of local
    memory, in bytes. ``block``: see ``kb.bench.backend.Kernel``.
    """

    variant: str
    code: str
    size: tuple[int, ...]
    local: tuple[int, ...] | None = None
    memory: int = 0
    block: int = 0


@dataclass(frozen=True, slots=True)
class Tile:
    """A group of ``wide`` × ``high`` items; each has ``rows`` × ``columns`` vectors of ``vector`` numbers."""

    wide: int
    high: int
    rows: int
    columns: int
    vector: int
    depth: int


_TILES = (
    Tile(16, 16, 4, 1, 4, 16),
    Tile(16, 16, 8, 1, 4, 16),
    Tile(16, 16, 8, 2, 4, 16),
    Tile(16, 8, 8, 2, 4, 16),
)


def programs(job: Job) -> Iterator[Program]:
    """The variants to try; which is fastest depends on the device.

    The code does not hold the size, so that a driver that keeps what it built builds it once.
    """
    made = {"matmul": _products, "fma": _chains, "copy": _moved, "triad": _moved}[job.test](job)
    for program in made:
        if job.wants(program.variant) and all(items > 0 for items in program.size):
            yield program


def _head(dtype: str, vector: int) -> str:
    enabled = "" if dtype == "fp32" else f"#pragma OPENCL EXTENSION cl_khr_{dtype} : enable\n"
    wide = TYPES[dtype] if vector == 1 else f"{TYPES[dtype]}{vector}"
    load = "(p)[i]" if vector == 1 else f"vload{vector}(i, p)"
    store = "(p)[i] = x" if vector == 1 else f"vstore{vector}(x, i, p)"
    return f"""{enabled}typedef {TYPES[dtype]} T;
typedef {wide} TV;
#define LOAD(i, p) {load}
#define STORE(x, i, p) {store}
"""


def _chains(job: Job) -> Iterator[Program]:
    for vector, chains in product((1, 4, 8, 16), (4, 8)):
        # As many items as divide the pairs evenly.
        if job.n % (vector * chains) == 0:
            yield _chain(job, vector, chains)


def _chain(job: Job, vector: int, chains: int) -> Program:
    """``chains`` pairs of vectors an item: enough that one need not wait for the FMA before."""
    each = range(chains)
    start = "\n  ".join(
        f"TV x{i} = LOAD(g + {i} * items, start), y{i} = LOAD(g + {i} * items, start + n);" for i in each
    )
    once = " ".join(
        [*(f"x{i} = fma(m, y{i}, x{i});" for i in each), *(f"y{i} = fma(s, x{i}, y{i});" for i in each)]
    )
    store = "\n  ".join(
        f"STORE(x{i}, g + {i} * items, end); STORE(y{i}, g + {i} * items, end + n);" for i in each
    )
    code = f"""{_head(job.dtype, vector)}
__kernel void test(
    __global const T *restrict start, __global const T *restrict turn, __global T *restrict end) {{
  const size_t g = get_global_id(0), items = get_global_size(0), n = items * {chains * vector};
  const TV m = (TV)(turn[0]), s = (TV)(turn[1]);
  {start}
  for (int k = 0; k < {job.rounds // 4}; k++) {{
    {once}
    {once}
    {once}
    {once}
  }}
  {store}
}}
"""
    return Program(f"{chains} chains of {vector}", code, (job.n // vector // chains,))


def _moved(job: Job) -> Iterator[Program]:
    """copy and triad, vectors of several widths an item."""
    value, arguments = "LOAD(g, a)", "__global const T *restrict a"
    if job.test == "triad":
        arguments = "__global const T *restrict b, __global const T *restrict c, __global const T *restrict s"
        value = "LOAD(g, b) + (TV)(s[0]) * LOAD(g, c)"
    for vector in (1, 4, 8, 16):
        code = f"""{_head(job.dtype, vector)}
__kernel void test({arguments}, __global T *restrict out) {{
  const size_t g = get_global_id(0);
  STORE({value}, g, out);
}}
"""
        yield Program(f"vectors of {vector}", code, (job.n // vector,))


def _products(job: Job) -> Iterator[Program]:
    for tile in _TILES:
        yield _tiled(job, tile)
    # Sums of half precision need blocks.
    if job.dtype != "fp16":
        for rows, columns, vector in ((4, 1, 8), (8, 1, 8), (8, 1, 16), (4, 4, 16), (8, 2, 16)):
            yield _plain(job, rows, columns, vector)


def _tiled(job: Job, tile: Tile) -> Program:
    """Tiles of both matrices in local memory, sums in registers (Volkov & Demmel 2008).

    In half precision the sums over one tile's depth are added up in fp32.
    """
    half = job.dtype == "fp16"
    depth = 16 if half else tile.depth
    n, v, items = job.n, tile.vector, tile.wide * tile.high
    high, wide = tile.high * tile.rows, tile.wide * tile.columns
    rows, columns = range(tile.rows), range(tile.columns)
    each = [(i, j) for i in rows for j in columns]
    sums = f"float{v}" if half else "TV"
    start = " ".join(f"{sums} c{i}_{j} = ({sums})(0);" for i, j in each)
    part = " ".join(f"TV p{i}_{j} = (TV)(0);" for i, j in each) if half else ""
    name = "p" if half else "c"
    load_b = " ".join(f"const TV b{j} = LOAD(k * {wide} + lx + {tile.wide * j}, tile_b);" for j in columns)
    add = "\n      ".join(
        f"{{ const TV a = (TV)(tile_a[(ly * {tile.rows} + {i}) * {depth} + k]); "
        + " ".join(f"{name}{i}_{j} = fma(a, b{j}, {name}{i}_{j});" for j in columns)
        + " }"
        for i in rows
    )
    fold = " ".join(f"c{i}_{j} += convert_float{v}(p{i}_{j});" for i, j in each) if half else ""
    end = f"convert_half{v}(c{{}}_{{}})" if half else "c{}_{}"
    store = "\n  ".join(
        f"STORE({end.format(i, j)}, lx + {tile.wide * j}, c + (top + ly * {tile.rows} + {i}) * n + left);"
        for i, j in each
    )
    code = f"""{_head(job.dtype, v)}
__kernel __attribute__((reqd_work_group_size({tile.wide}, {tile.high}, 1)))
void test(__global const T *restrict a, __global const T *restrict b, __global T *restrict c) {{
  __local T tile_a[{high * depth}] __attribute__((aligned(64)));
  __local T tile_b[{depth * wide * v}] __attribute__((aligned(64)));
  const int lx = get_local_id(0), ly = get_local_id(1), l = ly * {tile.wide} + lx;
  const size_t top = get_group_id(1) * {high}, left = get_group_id(0) * {wide * v};
  const size_t n = get_num_groups(0) * {wide * v};
  {start}
  for (size_t k0 = 0; k0 < n; k0 += {depth}) {{
    for (int t = l; t < {high * depth // v}; t += {items})
      STORE(LOAD(t % {depth // v}, a + (top + t / {depth // v}) * n + k0), t, tile_a);
    for (int t = l; t < {depth * wide}; t += {items})
      STORE(LOAD(t % {wide}, b + (k0 + t / {wide}) * n + left), t, tile_b);
    barrier(CLK_LOCAL_MEM_FENCE);
    {part}
    for (int k = 0; k < {depth}; k++) {{
      {load_b}
      {add}
    }}
    {fold}
    barrier(CLK_LOCAL_MEM_FENCE);
  }}
  {store}
}}
"""
    return Program(
        f"tile {high}x{wide * v}, depth {depth}, vectors of {v}",
        code,
        (n // wide // v * tile.wide, n // tile.rows),
        (tile.wide, tile.high),
        (high * depth + depth * wide * v) * BYTES[job.dtype],
        16 if half else 0,
    )


def _plain(job: Job, rows: int, columns: int, vector: int) -> Program:
    """No local memory and no barriers; suits CPUs, where an item's sums fill the registers."""
    each = [(i, j) for i in range(rows) for j in range(columns)]
    start = " ".join(f"TV c{i}_{j} = (TV)(0);" for i, j in each)
    load_b = " ".join(f"const TV b{j} = LOAD(left + {j}, b + k * n);" for j in range(columns))
    add = "\n    ".join(
        f"{{ const TV a_k = (TV)(a[(top + {i}) * n + k]); "
        + " ".join(f"c{i}_{j} = fma(a_k, b{j}, c{i}_{j});" for j in range(columns))
        + " }"
        for i in range(rows)
    )
    store = " ".join(f"STORE(c{i}_{j}, left + {j}, c + (top + {i}) * n);" for i, j in each)
    code = f"""{_head(job.dtype, vector)}
__kernel void test(__global const T *restrict a, __global const T *restrict b, __global T *restrict c) {{
  const size_t left = get_global_id(0) * {columns}, top = get_global_id(1) * {rows};
  const size_t n = get_global_size(0) * {columns * vector};
  {start}
  for (size_t k = 0; k < n; k++) {{
    {load_b}
    {add}
  }}
  {store}
}}
"""
    return Program(f"{rows} rows of {columns * vector}", code, (job.n // columns // vector, job.n // rows))
