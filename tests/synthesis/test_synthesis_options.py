"""Options: presets and files, with all faults of a file reported together."""

from pathlib import Path

import pytest

from matchwright.errors import SynthesisError
from matchwright.synthesis import FIELDS, PRESETS, Options, load_options


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_good(name: str) -> None:
    assert load_options(name).errors.mistyped > 0


def test_a_preset_is_cleaner_or_dirtier_than_usual() -> None:
    clean, usual, dirty = (load_options(name) for name in ("clean", "usual", "dirty"))
    assert usual == Options()
    for field in FIELDS:
        shares = [getattr(options.missing, field) for options in (clean, usual, dirty)]
        assert shares == sorted(set(shares)), field


def test_a_file_names_what_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "rates.yaml"
    file.write_text("errors: {mistyped: 0.5}\npeople: {twins: 1}\n")
    options = load_options(str(file))
    assert (options.errors.mistyped, options.people.twins) == (0.5, 1.0)
    assert options.missing == Options().missing
    file.write_text("")
    assert load_options(str(file)) == Options()


def test_the_options_in_the_guide_are_good(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "engineer.md").read_text(encoding="utf-8")
    section = guide.partition("## Registers to try with")[2]
    (tmp_path / "rates.yaml").write_text(section.partition("```yaml")[2].partition("```")[0])
    assert load_options(str(tmp_path / "rates.yaml")).overlap == 0.3


def test_all_faults_of_a_file_are_reported_with_hints(tmp_path: Path) -> None:
    file = tmp_path / "rates.yaml"
    file.write_text("errors: {mistiped: 0.5, typing: {keyboard: -1}}\nmissing: 3\nrecords_per_entity: 0.5\nother: 1\n")
    with pytest.raises(SynthesisError) as refused:
        load_options(str(file))
    assert refused.value.fact.startswith("rates.yaml has 5 fault(s):")
    hints = {fault.path: fault.hint for fault in refused.value.faults}
    assert hints == {
        "errors.mistiped": "did you mean 'mistyped'?",
        "errors.typing.keyboard": "give at least 0",
        "missing": "write one key and its value on each line",
        "records_per_entity": "give at least 1",
        "other": "remove it",
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [("a: [", "is not valid YAML"), ("errors: {typing: {%s}}", "all kinds are 0"), ("- 1", "is not a mapping of keys")],
)
def test_a_file_that_says_nothing_usable_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    kinds = ("substitution", "transposition", "deletion", "insertion", "keyboard", "phonetic", "optical")
    file = tmp_path / "rates.yaml"
    file.write_text(text.replace("%s", ", ".join(f"{kind}: 0" for kind in kinds)))
    with pytest.raises(SynthesisError, match=problem):
        load_options(str(file))


def test_an_unknown_name_is_refused_with_the_presets() -> None:
    with pytest.raises(SynthesisError, match="choose from clean, dirty, usual"):
        load_options("perfect")
