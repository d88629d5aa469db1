"""Small typing errors in values, to test how a model reacts to them."""


def mistyped(value: str) -> str:
    """The value with two neighbouring characters in the middle swapped; if they are the same, one is left out."""
    middle = len(value) // 2
    one, other = value[middle - 1], value[middle]
    if one == other:
        return value[:middle] + value[middle + 1 :]
    return value[: middle - 1] + other + one + value[middle + 1 :]
