"""Matrix products in WGSL, the language of WebGPU. Each result is proven before it is timed.

All take n × n matrices of fp32, n a multiple of 128, row by row, in bindings 0 (a), 1 (b) and 2 (c = a·b).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

DEPTH = 16  # how far along the sum a tile in workgroup memory reaches


@dataclass(frozen=True, slots=True)
class Shader:
    """A kernel's source and how many workgroups it takes in x and y."""

    variant: str
    code: str
    groups: tuple[int, int]


def shaders(n: int) -> Iterator[Shader]:
    """The variants to try on n × n matrices; which is fastest depends on the device."""
    for rows, columns in ((4, 1), (8, 1), (8, 2)):
        yield _tiled(n, rows, columns)
    for rows in (4, 8):
        yield _plain(n, rows)


def _bindings(b: str, c: str) -> str:
    return f"""
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<{b}>;
@group(0) @binding(2) var<storage, read_write> c: array<{c}>;
"""


def _tiled(n: int, rows: int, columns: int) -> Shader:
    """16 × 16 invocations share tiles in workgroup memory; each holds ``rows`` × ``columns`` vectors of 4.

    The scheme of Volkov & Demmel 2008 (Benchmarking GPUs to tune dense linear algebra, SC08).
    """
    high, wide = 16 * rows, 16 * columns  # the tile of c: rows, and vectors of 4 columns
    each = [(i, j) for i in range(rows) for j in range(columns)]
    start = "\n  ".join(f"var c{i}{j} = vec4<f32>();" for i, j in each)
    fill_a = "\n    ".join(
        f"tile_a[t + {256 * i}u] = a[(top + (t + {256 * i}u) / {DEPTH}u) * n + k0 + t % {DEPTH}u];"
        for i in range(rows)
    )
    fill_b = "\n    ".join(
        f"tile_b[l.y * {wide}u + l.x + {16 * j}u] = b[(k0 + l.y) * n4 + left + l.x + {16 * j}u];"
        for j in range(columns)
    )
    load_b = "\n      ".join(f"let b{j} = tile_b[k * {wide}u + l.x + {16 * j}u];" for j in range(columns))
    load_a = "\n      ".join(f"let a{i} = vec4(tile_a[mine + {DEPTH * i}u + k]);" for i in range(rows))
    add = "\n      ".join(f"c{i}{j} = fma(a{i}, b{j}, c{i}{j});" for i, j in each)
    store = "\n  ".join(f"c[out + {i}u * n4 + {16 * j}u] = c{i}{j};" for i, j in each)
    code = f"""{_bindings("vec4<f32>", "vec4<f32>")}
var<workgroup> tile_a: array<f32, {high * DEPTH}>;
var<workgroup> tile_b: array<vec4<f32>, {DEPTH * wide}>;

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
    for (var k = 0u; k < {DEPTH}u; k++) {{
      {load_b}
      {load_a}
      {add}
    }}
    workgroupBarrier();
  }}
  let out = (top + l.y * {rows}u) * n4 + left + l.x;
  {store}
}}
"""
    return Shader(f"tile {high}x{4 * wide}", code, (n // (4 * wide), n // high))


def _plain(n: int, rows: int) -> Shader:
    """No shared memory and no barriers: a column of ``rows`` elements for each invocation; suits CPUs."""
    start = "\n  ".join(f"var c{i} = 0.0;" for i in range(rows))
    add = "\n    ".join(f"c{i} = fma(a[first + {i}u * n + k], b_k, c{i});" for i in range(rows))
    store = "\n  ".join(f"c[(g.y * {rows}u + {i}u) * n + g.x] = c{i};" for i in range(rows))
    code = f"""{_bindings("f32", "f32")}
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
