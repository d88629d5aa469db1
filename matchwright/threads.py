"""How many threads one computation uses."""

COMPUTE_THREADS = 1
"""On a busy machine, threads that wait for each other make a fit three times slower than one thread alone.

One thread also adds numbers in the same order on every machine, so that the same inputs give the same bundle.
Work that needs more speed runs in several processes.
"""
