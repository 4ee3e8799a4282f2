"""Checks of the repository that no ready-made tool does, and the command that runs all of them."""
