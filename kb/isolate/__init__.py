"""Child processes and their limits: run one function where it can do no harm to the caller.

Against mistakes, crashes and run-away loops of *installed* code; it is no sandbox against an attacker.
"""

from kb.isolate.parent import THREADS, Outcome, Reach, run_child

__all__ = ["THREADS", "Outcome", "Reach", "run_child"]
