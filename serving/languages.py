"""The languages that a request accepts texts in."""

MOST_LANGUAGES = 20


def accepted_languages(header: str) -> list[str]:
    """The tags of an ``Accept-Language`` header, the preferred one first. ``*`` and invalid tags are left out.

    See RFC 9110, section 12.5.4: a tag without a weight has weight 1, and weight 0 means not acceptable.
    """
    wanted = []
    for index, part in enumerate(header.split(",")[:MOST_LANGUAGES]):
        tag, _, parameters = part.partition(";")
        try:
            weight = float(parameters.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if tag.strip() not in ("", "*") and 0 < weight <= 1:
            wanted.append((-weight, index, tag.strip()))
    return [tag for _, _, tag in sorted(wanted)]
