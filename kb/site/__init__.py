"""The static site: plain page contexts, Jinja2 templates, and writing only what changed."""

from kb.site.pipeline import BuildReport, ForeignFolderError, build

__all__ = ["BuildReport", "ForeignFolderError", "build"]
