"""Performs the engine's effects: queue, hosts, leases."""
