"""The static site: plain page contexts, Jinja2 templates, and writing only what changed."""

from kb.site.pipeline import BuildReport, DocsError, ForeignFolderError, build

__all__ = ["BuildReport", "DocsError", "ForeignFolderError", "build"]
