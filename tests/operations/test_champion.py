"""The champion: a training run is compared with this version."""

from matchwright.adapters.registry import set_alias, version_info
from matchwright.operations.champion import champion_of


def test_a_repeated_training_is_compared_with_the_same_version_as_before_its_release(stage):
    first = version_info(stage.settings, "persons", "1")
    second = stage.register(2, parent=first.digest)

    def compared_with(run_id: str) -> str | None:
        found = champion_of(stage.settings, "persons", run_id)
        return found.version if found else None

    assert compared_with(first.run_id) is None

    set_alias(stage.settings, "persons", "champion", "1")
    assert compared_with(first.run_id) is None
    assert compared_with(second.run_id) == "1"

    set_alias(stage.settings, "persons", "champion", "2")
    assert compared_with(second.run_id) == "1"
    assert compared_with(first.run_id) == "2"
