"""The guide to specs stays true: its table of comparators is the vocabulary's, its example is a good field."""

import re
from pathlib import Path

import yaml

from matchwright.core.spec import FieldSpec
from matchwright.core.spec.vocabulary import COMPARATORS, RECORD_FEATURES

GUIDE = (Path(__file__).parents[1] / "docs" / "writing_a_spec.md").read_text(encoding="utf-8")


def comparator_table() -> str:
    return "\n".join(
        f"| `{kind}` | {', '.join(f'`{name}`' for name in comparators)} |" for kind, comparators in COMPARATORS.items()
    )


def test_the_guide_lists_every_comparator_of_every_kind():
    assert f"|---|---|\n{comparator_table()}\n" in GUIDE


def test_the_guide_explains_every_kind():
    assert set(re.findall(r"^- `(\w+)`: ", GUIDE, re.MULTILINE)) >= set(COMPARATORS)


def test_the_guides_field_is_a_good_one():
    example = re.search(r"^model: .*$", GUIDE, re.MULTILINE)
    assert FieldSpec.model_validate(yaml.safe_load(example.group())["model"]).kind == "id_code"


def test_the_guide_names_the_record_features_that_rules_may_use():
    for suffixes in RECORD_FEATURES.values():
        for suffix, kind in suffixes.items():
            assert kind == "number" or f"`__{suffix}`" in GUIDE
