"""Runs attempts: host, zygote, runner; and the analyst."""
