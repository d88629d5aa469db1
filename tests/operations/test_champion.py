"""Which version a training is judged against."""

from matchwright.adapters.registry import set_alias, version_info
from matchwright.operations.champion import champion_of


def test_a_training_run_again_after_its_release_is_judged_as_it_was_the_first_time(stage):
    first = version_info(stage.settings, "persons", "1")
    second = stage.register(2, parent=first.digest)

    def judged_against(run_id: str) -> str | None:
        found = champion_of(stage.settings, "persons", run_id)
        return found.version if found else None

    assert judged_against(first.run_id) is None

    set_alias(stage.settings, "persons", "champion", "1")
    assert judged_against(first.run_id) is None
    assert judged_against(second.run_id) == "1"

    set_alias(stage.settings, "persons", "champion", "2")
    assert judged_against(second.run_id) == "1"
    assert judged_against(first.run_id) == "2"
