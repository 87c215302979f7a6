"""Simulations that checks name, and what is known of them without running or importing them.

An experiment is a module with ``run(params, rng) -> {output: number}``, pure and decided by the
generator's seed; one that takes a third parameter ``progress`` calls it with the share that is done. What a
reader or a check needs to know of it (parameters, outputs, units, what it shows and cannot show, how far
platforms may differ) stands in ``kb-experiments.json`` beside the module, so that validating a base imports
none.

A third party ships its own in an installed distribution: an entry point ``name = "package.module:run"``
in the group ``kb.experiments``, and ``kb-experiments.json`` in the folder of that module, of the shape that
``kb.experiments.spec.read`` documents. Experiments run only in a child process:
``kb.isolate.run_child("kb.experiments.child:main", …)``.
"""

from kb.experiments.catalogue import Survey, catalogue, find, fingerprint, survey
from kb.experiments.spec import OutputSpec, Param, ParamError, Spec, complete

__all__ = [
    "OutputSpec",
    "Param",
    "ParamError",
    "Spec",
    "Survey",
    "catalogue",
    "complete",
    "find",
    "fingerprint",
    "survey",
]
