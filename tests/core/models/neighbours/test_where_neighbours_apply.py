"""Where neighbours are learned from at all."""

import pytest

from matchwright.core.models.neighbours import applies_to


def changed(spec, alike=True, neighbours=True, **update):
    model = spec.model.model_copy(update={"neighbours": neighbours})
    sources = spec.sources.model_copy(update={"alike": alike})
    return spec.model_copy(update={"model": model, "sources": sources, "multiplicity": "many_to_many", **update})


def test_they_apply_where_one_table_is_deduplicated(persons_spec):
    assert applies_to(changed(persons_spec), one_table=True)
    assert applies_to(changed(persons_spec, multiplicity="one_to_many"), one_table=True)


@pytest.mark.parametrize("change", [{"alike": False}, {"neighbours": False}, {"multiplicity": "one_to_one"}])
def test_they_do_not_apply_elsewhere(persons_spec, change):
    assert not applies_to(changed(persons_spec, **change), one_table=True)


def test_records_of_two_tables_have_no_common_partner(persons_spec):
    assert not applies_to(changed(persons_spec), one_table=False)
