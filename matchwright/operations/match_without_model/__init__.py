"""Matching tables with nothing but the tables: a drafted spec, a scorer without labels, and suggestions.

Nothing here is a match: without labels nobody can know. A run suggests pairs, says how many of them are likely to be
right and what that rests on, and joins only the likeliest ones into clusters.
"""
