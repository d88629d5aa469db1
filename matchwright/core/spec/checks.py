"""Checks between the sections of a spec.

They run on the raw document, so that their faults are reported together with the structural ones.
"""

import re
from collections.abc import Iterator
from typing import Any

from matchwright.core.spec.raw import listed, mapping, number
from matchwright.core.spec.value_checks import value_faults
from matchwright.core.spec.vocabulary import (
    CANDIDATES_LOWER,
    CANDIDATES_RAISE,
    COMMON_EVIDENCE,
    COMPARATORS,
    CONTEXT,
    COUNTERFACTUAL,
    EVIDENCE_KINDS,
    EVIDENCE_LEVELS,
    LABEL_SUFFIX,
    LEARNED_WORDS,
    LITTLE_EVIDENCE,
    NEARLY_SUFFIX,
    NEIGHBOURS_AGREE,
    NEIGHBOURS_DISAGREE,
    NOTHING_COMPARED,
    RARE_EVIDENCE,
    RAREST_SHARED,
    RECORD,
    RECORD_COMPARATORS,
    RECORD_FEATURES,
    REGISTER_PRIOR,
    RESERVED_NAMES,
    SWAPPED,
    UNCONFIRMED,
    UNSUPERVISED,
)
from matchwright.errors import Fault


def cross_check(raw: dict[str, Any]) -> list[Fault]:
    """All faults between the sections of the raw document."""
    fields = {name: f for name, f in mapping(raw, "fields").items() if isinstance(name, str) and isinstance(f, dict)}
    compared = {name: f for name, f in fields.items() if f.get("compare", True) is not False}
    faults: list[Fault] = []
    if isinstance(raw.get("fields"), dict) and not compared:
        faults.append(Fault("fields", "no field is compared", "let at least one field have compare: true"))
    faults += _field_faults(fields)
    faults += _record_faults(mapping(raw, "record"), compared)
    faults += _candidate_faults(mapping(raw, "candidates"), compared)
    faults += _unknown_fields(listed(raw, "identity"), "identity", compared)
    faults += _individual_faults(listed(raw, "individual"), listed(raw, "identity"))
    faults += _reference_faults(raw, fields, compared)
    faults += value_faults(raw, fields)
    faults += _model_faults(mapping(raw, "model"), mapping(raw, "candidates"))
    faults += _split_faults(mapping(raw, "split"))
    faults += _reason_faults(mapping(raw, "reasons"), compared, raw.get("record") is not None)
    return faults


def _field_faults(fields: dict[str, Any]) -> Iterator[Fault]:
    for name, field in fields.items():
        path = f"fields.{name}"
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
            yield Fault(path, "is not a field name", "use lower case letters, digits and single underscores")
        if name in RESERVED_NAMES:
            yield Fault(path, "is a reserved name", "rename the field and give its column: with 'column'")
        kind = field.get("kind")
        if isinstance(kind, str) and kind in COMPARATORS:
            yield from _comparator_faults(field, path, COMPARATORS[kind], f"a comparator of kind {kind}")
        agrees, disagrees = field.get("agrees_at", 0.92), field.get("disagrees_below", 0.7)
        if number(agrees) and number(disagrees) and disagrees > agrees:
            yield Fault(f"{path}.disagrees_below", "is above agrees_at", "lower it")


def _record_faults(record: dict[str, Any], compared: dict[str, Any]) -> Iterator[Fault]:
    yield from _unknown_fields(listed(record, "fields"), "record.fields", compared)
    yield from _comparator_faults(record, "record", RECORD_COMPARATORS, "a comparator of the whole record")
    read = [name for name in listed(record, "fields") or list(compared) if isinstance(name, str)]
    impersonal = [compared.get(name, {}).get("pii") == "none" for name in read]
    if LEARNED_WORDS in listed(record, "comparators") and not any(impersonal):
        hint = "remove it, or let the record read such a field"
        yield Fault("record.comparators", f"'{LEARNED_WORDS}' reads only fields with pii: none", hint)
    if RAREST_SHARED in listed(record, "comparators") and not all(impersonal):
        hint = "remove it, or name under 'fields' those without personal data"
        yield Fault("record.comparators", f"'{RAREST_SHARED}' needs a record whose fields all have pii: none", hint)


def _comparator_faults(section: dict[str, Any], path: str, known: tuple[str, ...], what: str) -> Iterator[Fault]:
    """Faults of a section's own list of comparators, if it has one."""
    named = listed(section, "comparators")
    if section.get("comparators") == []:
        yield Fault(f"{path}.comparators", "is empty", "name at least one comparator, or remove the key")
    for index, comparator in enumerate(named):
        if comparator not in known:
            yield Fault(f"{path}.comparators", f"'{comparator}' is not {what}", f"choose from {', '.join(known)}")
        elif comparator in named[:index]:
            yield Fault(f"{path}.comparators", f"'{comparator}' is named twice", "name it once")


def _candidate_faults(candidates: dict[str, Any], compared: dict[str, Any]) -> Iterator[Fault]:
    features = set(compared)
    for name, field in compared.items():
        features |= {
            f"{name}__{suffix}"
            for kind, suffixes in RECORD_FEATURES.items()
            if field.get("kind") == kind
            for suffix in suffixes
        }
    rules = listed(candidates, "rules")
    if "rules" in candidates and not rules:
        yield Fault("candidates.rules", "is empty", "give at least one rule, for example [[surname__phonetic]]")
    for index, rule in enumerate(rules):
        if rule == []:
            yield Fault(f"candidates.rules.{index}", "is empty", "name at least one record feature")
        for feature in rule if isinstance(rule, list) else ():
            if isinstance(feature, str) and feature not in features:
                yield Fault(
                    f"candidates.rules.{index}",
                    f"'{feature}' is not a record feature",
                    f"choose from {', '.join(sorted(features))}",
                )
    yield from _unknown_fields(listed(mapping(candidates, "tfidf"), "fields"), "candidates.tfidf.fields", compared)


def _individual_faults(individual: list[Any], identity: list[Any]) -> Iterator[Fault]:
    for index, name in enumerate(individual):
        if name not in identity:
            yield Fault(
                f"individual[{index}]", f"{name!r} is no identity field", "name it in identity, or leave it out"
            )


def _reference_faults(raw: dict[str, Any], fields: dict[str, Any], compared: dict[str, Any]) -> Iterator[Fault]:
    for index, piece in enumerate(listed(raw, "slices")):
        if isinstance(piece, dict):
            yield from _unknown_fields([piece.get("field")], f"slices.{index}.field", compared)
            if piece.get("when") == "equals" and piece.get("value") is None:
                yield Fault(f"slices.{index}.value", "is required where when is 'equals'", "give the value")
    if not listed(raw, "golden"):
        yield Fault("golden", "is empty", "give synthetic pairs with the band that each must get")
    for index, pair in enumerate(listed(raw, "golden")):
        for side in ("left", "right"):
            if isinstance(pair, dict) and isinstance(pair.get(side), dict):
                yield from _unknown_fields(list(pair[side]), f"golden.{index}.{side}", compared)
    quality = mapping(mapping(raw, "quality"), "fields")
    yield from _unknown_fields(list(quality), "quality.fields", fields)


def _model_faults(model: dict[str, Any], candidates: dict[str, Any]) -> Iterator[Fault]:
    scorer = model.get("scorer") or "xgboost"
    if scorer in listed(model, "challengers"):
        yield Fault("model.challengers", f"'{scorer}' is the scorer itself", "remove it")
    network = scorer == "torch" or "torch" in listed(model, "challengers")
    fits_embeddings = network if model.get("embeddings") is None else model["embeddings"]
    if candidates.get("embedding_top_k") and not fits_embeddings:
        yield Fault(
            "candidates.embedding_top_k",
            "needs embeddings, and training fits none",
            "add torch to model.challengers, or set model.embeddings: true",
        )


def _split_faults(split: dict[str, Any]) -> Iterator[Fault]:
    shares = [split.get("train", 0.6), split.get("calibrate", 0.2), split.get("test", 0.2)]
    if all(number(share) for share in shares):
        if abs(sum(shares) - 1) > 1e-9:
            yield Fault("split", f"the shares add up to {sum(shares):g}", "make them add up to 1")
        if min(shares) <= 0:
            yield Fault("split", "a share is 0", "every part needs entities")


def _reason_faults(reasons: dict[str, Any], compared: dict[str, Any], with_record: bool) -> Iterator[Fault]:
    kinds = dict.fromkeys(EVIDENCE_KINDS.values())
    named = (*compared, RECORD) if with_record else tuple(compared)
    subjects = [f"{name}{kind}" for name in named for kind in ("", *(f"_{k}" for k in kinds))]
    codes = {f"{name.upper()}_{level}" for name in (*subjects, CONTEXT) for level in EVIDENCE_LEVELS}
    codes |= {
        f"{name.upper()}_{EVIDENCE_LEVELS[0]}{NEARLY_SUFFIX}"
        for name in (*named, *(f"{one}_{SWAPPED}" for one in named))
    }
    codes |= {
        UNCONFIRMED,
        LITTLE_EVIDENCE,
        NOTHING_COMPARED,
        COMMON_EVIDENCE,
        RARE_EVIDENCE,
        REGISTER_PRIOR,
        UNSUPERVISED,
    }
    codes |= {NEIGHBOURS_AGREE, NEIGHBOURS_DISAGREE, CANDIDATES_LOWER, CANDIDATES_RAISE}
    sentences = {f"{COUNTERFACTUAL}_MATCH", f"{COUNTERFACTUAL}_NO_MATCH"}
    labels = {f"{name.upper()}{LABEL_SUFFIX}" for name in subjects}
    texts = {("texts", code): text for code, text in mapping(reasons, "texts").items()}
    translations = mapping(reasons, "translations")
    for language in translations:
        own = mapping(translations, language)
        texts |= {(f"translations.{language}", code): text for code, text in own.items()}
    for (section, code), text in texts.items():
        path = f"reasons.{section}.{code}"
        if code in sentences:
            if isinstance(text, str) and "{labels}" not in text:
                yield Fault(path, "has no {labels} in it", "write {labels} where the names of the fields belong")
        elif code not in codes and not (section != "texts" and code in labels):
            yield Fault(
                path,
                "is not a reason code",
                f"a code is a compared field and one of {', '.join(EVIDENCE_LEVELS)}, such as {min(codes)}",
            )
    for name in compared:
        for other in compared:
            if any(name == f"{other}_{kind}" for kind in kinds):
                yield Fault(f"fields.{name}", f"is named like a kind of evidence of '{other}'", "rename the field")


def _unknown_fields(names: list[Any], path: str, known: dict[str, Any]) -> Iterator[Fault]:
    for name in names:
        if isinstance(name, str) and name not in known:
            yield Fault(path, f"'{name}' is not a field of this spec", f"choose from {', '.join(known)}")
