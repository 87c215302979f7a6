"""Every rule about the argument, its references and its evidence: a function each.

``lint`` applies them all; ``RULES`` lists them. ``kb.lint.catalogue`` writes the rules down for people.
"""

from __future__ import annotations

from kb.lint.engine import RULES, lint

__all__ = ["RULES", "lint"]
