"""How many threads one computation uses."""

COMPUTE_THREADS = 1
"""On a busy machine, threads wait for each other: training with two takes three times as long as with one.

One thread also adds numbers in the same order on every machine, so the same inputs give the same bundle. Work that
needs more speed runs in several processes.
"""
