"""How many samples a check takes. Known without importing numpy."""

from __future__ import annotations

#: Independently scrambled nets that the samples are made of; P's interval comes from their spread.
REPLICATES = 16
#: Samples of an uncertain check.
SAMPLES = 2**16
#: Fewest samples: sixteen points in each of the sixteen nets.
FEWEST_SAMPLES = REPLICATES**2
#: More samples than this nobody draws: they would fill the memory.
MOST_SAMPLES = 2**24
