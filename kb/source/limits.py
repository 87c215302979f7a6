"""What no file that people write comes near, and no file may pass."""

from __future__ import annotations

MAX_BYTES = 1_000_000
MAX_LINE = 20_000
MAX_DEPTH = 40
MAX_TABLE_BYTES = 64_000_000
