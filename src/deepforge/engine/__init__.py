"""How an execution advances: pure functions, no clock, no I/O."""
