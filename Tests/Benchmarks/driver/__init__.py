"""Benchmarks of ASPEN's real programs against peers in the same run."""
