"""Comparisons that only a challenger reads are not in the datasets of the scorer and not in the bundle."""

from matchwright.core.spec import MatchSpec
from matchwright.training.datasets.parts import parts_of
from matchwright.training.datasets.prepare import Prepared, prepare
from matchwright.training.learning import challenge_all, learn_stages

LEARNED = {"title__learned_cosine", "category__learned_cosine", "record__learned_cosine"}


def prepared(offers, **model) -> tuple[Prepared, MatchSpec]:
    spec, frame, corpus, pairs = offers
    spec = spec.model_copy(update={"model": spec.model.model_copy(update=model)})
    return prepare(frame, pairs, pairs, parts_of(frame, pairs, spec), spec, corpus), spec


def test_embeddings_of_a_challenger_are_not_in_the_datasets_of_the_scorer(offers):
    made, spec = prepared(offers, challengers=("ranker", "torch"), trees=20)
    assert made.embeddings is None
    training, validation = made.network_datasets
    for own, more in ((made.training, training), (made.validation, validation)):
        assert set(more.comparisons) - set(own.comparisons) == LEARNED
        assert own.labels is more.labels
    for frame in (made.comparisons, made.missing_field_pairs):
        assert not LEARNED & set(frame)
    learned = learn_stages(made, offers[3], offers[1], spec, offers[2])
    assert not LEARNED & set(learned.scorer.scorer.names)
    assert set(challenge_all(made, learned, spec)) == {"ranker", "torch"}


def test_the_scorer_gets_embeddings_if_the_spec_requests_them(offers):
    made, _ = prepared(offers, embeddings=True, challengers=("torch",))
    assert set(made.embeddings.fields) == {name.partition("__")[0] for name in LEARNED}
    assert made.network_datasets is None
    assert set(made.training.comparisons) >= LEARNED
    assert set(made.comparisons) >= LEARNED


def test_no_embeddings_are_fitted_if_the_spec_excludes_them(offers):
    made, _ = prepared(offers, embeddings=False, challengers=("torch",))
    assert made.embeddings is None
    assert made.network_datasets is None
    assert not LEARNED & set(made.training.comparisons)
