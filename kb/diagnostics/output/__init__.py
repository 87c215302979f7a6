"""Findings as text for people and for other tools: pure functions, from diagnostics to what is written.

Nothing here reads a file or prints; ``Lines`` gives a file's lines where an excerpt needs them.
"""

from __future__ import annotations
