"""The tests in WGSL, the language of WebGPU. Each result is proven before it is timed.

The operands are in bindings 0, 1 …, the result in the one after. Matrices are n × n, n a multiple of 128,
row by row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from kb.bench.backend import Job

TYPES = {"fp32": "f32", "fp16": "f16"}
DEPTH = 16  # how far along the sum a tile in workgroup memory reaches


@dataclass(frozen=True, slots=True)
class Shader:
    """A kernel's source and how many workgroups it takes in x and y. ``block`` as in ``Kernel``."""

    variant: str
    code: str
    groups: tuple[int, int]
    block: int = 0


def shaders(job: Job) -> Iterator[Shader]:
    """The variants to try; which is fastest depends on the device."""
    made = {"matmul": _products, "fma": _chains, "copy": _moved, "triad": _moved}[job.test](job)
    return (shader for shader in made if job.wants(shader.variant))


def _products(job: Job) -> Iterator[Shader]:
    for rows, columns in ((4, 1), (8, 1), (8, 2)):
        yield _tiled(job, rows, columns)
    # Sums of half precision need blocks.
    if job.dtype != "fp16":
        for rows in (4, 8):
            yield _plain(job.n, rows)


def _head(dtype: str, bindings: dict[str, str]) -> str:
    """Declarations of arrays, by name and element type; the last one can be written."""
    enabled = "enable f16;\n" if dtype == "fp16" else ""
    last = len(bindings) - 1
    return enabled + "\n".join(
        f"@group(0) @binding({i}) var<storage, {'read' if i < last else 'read_write'}> {name}: array<{kind}>;"
        for i, (name, kind) in enumerate(bindings.items())
    )


def _chains(job: Job) -> Iterator[Shader]:
    for vector, chains in product((1, 2, 4), (2, 4, 8)):
        if job.n % (64 * vector * chains) == 0:
            yield _chain(job, vector, chains)


def _chain(job: Job, vector: int, chains: int) -> Shader:
    """``chains`` pairs of vectors an invocation: enough that one need not wait for the FMA before."""
    number = TYPES[job.dtype]
    kind = number if vector == 1 else f"vec{vector}<{number}>"
    items, pairs = job.n // vector // chains, job.n // vector
    each = range(chains)
    start = "\n  ".join(
        f"var x{i} = start[i + {items * i}u]; var y{i} = start[i + {pairs + items * i}u];" for i in each
    )
    once = " ".join(
        [*(f"x{i} = fma(m, y{i}, x{i});" for i in each), *(f"y{i} = fma(s, x{i}, y{i});" for i in each)]
    )
    store = "\n  ".join(f"end[i + {items * i}u] = x{i}; end[i + {pairs + items * i}u] = y{i};" for i in each)
    code = f"""{_head(job.dtype, {"start": kind, "turn": number, "end": kind})}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) g: vec3<u32>) {{
  let i = g.x;
  let m = {kind}(turn[0]);
  let s = {kind}(turn[1]);
  {start}
  for (var k = 0u; k < {job.rounds // 4}u; k++) {{
    {once}
    {once}
    {once}
    {once}
  }}
  {store}
}}
"""
    return Shader(f"{chains} chains of {vector}", code, (items // 64, 1))


def _moved(job: Job) -> Iterator[Shader]:
    """copy and triad, one number or a vector of four an invocation."""
    number = TYPES[job.dtype]
    for vector in (1, 4):
        kind = number if vector == 1 else f"vec4<{number}>"
        if job.test == "copy":
            bindings, value = {"a": kind, "to": kind}, "a[i]"
        else:
            bindings, value = {"b": kind, "c": kind, "s": number, "to": kind}, f"b[i] + {kind}(s[0]) * c[i]"
        groups = job.n // vector // 64
        # No more than 65535 groups are allowed in one direction.
        across = min(groups, 2**15)
        code = f"""{_head(job.dtype, bindings)}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) g: vec3<u32>) {{
  let i = g.y * {across * 64}u + g.x;
  to[i] = {value};
}}
"""
        yield Shader(f"vectors of {vector}", code, (across, groups // across))


def _tiled(job: Job, rows: int, columns: int) -> Shader:
    """16 × 16 invocations share tiles in workgroup memory; each holds ``rows`` × ``columns`` vectors of 4.

    The scheme of Volkov & Demmel 2008 (Benchmarking GPUs to tune dense linear algebra, SC08). In half
    precision the sums over one tile's depth are added up in fp32.
    """
    n, number, half = job.n, TYPES[job.dtype], job.dtype == "fp16"
    four = f"vec4<{number}>"
    high, wide = 16 * rows, 16 * columns  # the tile of c: rows, and vectors of 4 columns
    each = [(i, j) for i in range(rows) for j in range(columns)]
    start = "\n  ".join(f"var c{i}{j} = vec4<f32>();" for i, j in each)
    name = "p" if half else "c"
    part = " ".join(f"var p{i}{j} = {four}();" for i, j in each) if half else ""
    fold = " ".join(f"c{i}{j} += vec4<f32>(p{i}{j});" for i, j in each) if half else ""
    fill_a = "\n    ".join(
        f"tile_a[t + {256 * i}u] = a[(top + (t + {256 * i}u) / {DEPTH}u) * n + k0 + t % {DEPTH}u];"
        for i in range(rows)
    )
    fill_b = "\n    ".join(
        f"tile_b[l.y * {wide}u + l.x + {16 * j}u] = b[(k0 + l.y) * n4 + left + l.x + {16 * j}u];"
        for j in range(columns)
    )
    load_b = "\n      ".join(f"let b{j} = tile_b[k * {wide}u + l.x + {16 * j}u];" for j in range(columns))
    load_a = "\n      ".join(f"let a{i} = {four}(tile_a[mine + {DEPTH * i}u + k]);" for i in range(rows))
    add = "\n      ".join(f"{name}{i}{j} = fma(a{i}, b{j}, {name}{i}{j});" for i, j in each)
    store = "\n  ".join(f"c[out + {i}u * n4 + {16 * j}u] = {four}(c{i}{j});" for i, j in each)
    code = f"""{_head(job.dtype, {"a": number, "b": four, "c": four})}
var<workgroup> tile_a: array<{number}, {high * DEPTH}>;
var<workgroup> tile_b: array<{four}, {DEPTH * wide}>;

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) w: vec3<u32>, @builtin(local_invocation_id) l: vec3<u32>) {{
  let n = {n}u;
  let n4 = n / 4u;
  let top = w.y * {high}u;
  let left = w.x * {wide}u;
  let t = l.y * 16u + l.x;
  let mine = l.y * {rows * DEPTH}u;
  {start}
  for (var k0 = 0u; k0 < n; k0 += {DEPTH}u) {{
    {fill_a}
    {fill_b}
    workgroupBarrier();
    {part}
    for (var k = 0u; k < {DEPTH}u; k++) {{
      {load_b}
      {load_a}
      {add}
    }}
    {fold}
    workgroupBarrier();
  }}
  let out = (top + l.y * {rows}u) * n4 + left + l.x;
  {store}
}}
"""
    return Shader(f"tile {high}x{4 * wide}", code, (n // (4 * wide), n // high), DEPTH if half else 0)


def _plain(n: int, rows: int) -> Shader:
    """No shared memory and no barriers: a column of ``rows`` elements for each invocation; suits CPUs."""
    start = "\n  ".join(f"var c{i} = 0.0;" for i in range(rows))
    add = "\n    ".join(f"c{i} = fma(a[first + {i}u * n + k], b_k, c{i});" for i in range(rows))
    store = "\n  ".join(f"c[(g.y * {rows}u + {i}u) * n + g.x] = c{i};" for i in range(rows))
    code = f"""{_head("fp32", dict.fromkeys("abc", "f32"))}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) g: vec3<u32>) {{
  let n = {n}u;
  let first = g.y * {rows}u * n;
  {start}
  for (var k = 0u; k < n; k++) {{
    let b_k = b[k * n + g.x];
    {add}
  }}
  {store}
}}
"""
    return Shader(f"column {rows}", code, (n // 64, n // rows))
