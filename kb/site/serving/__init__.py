"""A rendered site served to browsers on this machine, with what is wrong with its base shown in its pages.

``Feed`` says what the pages shall know, ``PreviewServer`` hands out pages and tells open ones. Nothing that
a request says is written anywhere or run.
"""

from kb.site.serving.feed import Feed, Phase
from kb.site.serving.problems import Problem, failure, problem
from kb.site.serving.server import PreviewServer

__all__ = ["Feed", "Phase", "PreviewServer", "Problem", "failure", "problem"]
