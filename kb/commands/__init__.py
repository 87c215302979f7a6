"""What the command line can do, as functions: each takes plain arguments and returns what it found.

Nothing here prints. Printing, colours and exit codes are ``kb.cli``'s.
"""
