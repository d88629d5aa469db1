"""The registers of the benchmark of neighbours."""

from benchmarks.neighbours import made_register


def test_a_made_register_has_the_wanted_number_of_records_per_person():
    records = made_register("usual", 5.0, 1_000)
    assert len(records) == 1_000 == records["rec_id"].nunique()
    assert 3 < len(records) / records["entity"].nunique() < 7
