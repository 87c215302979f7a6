"""kb: argument maps that run."""

__version__ = "0.1.0"
