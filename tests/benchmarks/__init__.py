"""Measurements, run by `python -m tests.benchmarks`; nothing here is part of the test suite."""
