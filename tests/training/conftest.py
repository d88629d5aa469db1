"""Fixtures for the tests of training."""

import pandas as pd
import pytest
from fixtures.products import write_products

from matchwright.core.records import conform, normal_forms, record_features, record_key
from matchwright.core.records.corpus import Corpus


@pytest.fixture(scope="session")
def offers(products_spec, tmp_path_factory):
    """The spec, the features, the corpus and the labelled pairs of two small shops."""
    spec = products_spec
    files = write_products(tmp_path_factory.mktemp("offers"), products=160)
    sides = {"left": pd.read_csv(files["records"]), "right": pd.read_csv(files["records_right"])}
    records = pd.concat([conform(table, spec, side) for side, table in sides.items()], ignore_index=True)
    corpus = Corpus.fit(normal_forms(records, spec), spec)
    pairs = pd.read_csv(files["pairs"])
    keys = {f"{side}_key": [record_key(side, value) for value in pairs[f"{side}_id"]] for side in sides}
    return (
        spec,
        record_features(records, spec, corpus),
        corpus,
        pd.DataFrame(keys, dtype=object).assign(label=pairs["label"]),
    )
