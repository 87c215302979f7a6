"""The command line: arguments, printing, exit codes. Importing this imports click and nothing heavy."""

from kb.cli.app import main

__all__ = ["main"]
