"""Small faults put into values, to see how a model behaves under them."""


def mistyped(value: str) -> str:
    """Two neighbouring characters in the middle swapped, or one left out where they are the same."""
    middle = len(value) // 2
    one, other = value[middle - 1], value[middle]
    if one == other:
        return value[:middle] + value[middle + 1 :]
    return value[: middle - 1] + other + one + value[middle + 1 :]
