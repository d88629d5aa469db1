"""Whole tables: all pairs of a register scored in partitions, and the clusters that its matches make."""
