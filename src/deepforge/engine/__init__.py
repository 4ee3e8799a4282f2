"""How an execution advances: check, plan, step, fingerprint. Pure; knows no clock and does no I/O.

check(document, interfaces, types, artifacts, readable)   marks on nodes and wires (`check.py`)
plan(document, pipeline, interfaces, types, artifacts)    the jobs of a run, or `Refused` with marks (`plan.py`)
begin(plan, ...)                                          a new execution, all jobs pending (`run.py`)
step(run, event)                                          what follows from an event (`step.py`, `events.py`, `effects.py`)
fingerprint(job, records, inputs, framework)              what decides a job's outcome, as a hash (`fingerprint.py`)
"""
