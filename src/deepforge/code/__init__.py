"""Reads and writes users' Python as text; never imports or runs it."""
