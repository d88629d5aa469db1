"""The catalogue: a versioned text per reason code, in the spec's language and in every other there are texts in."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from matchwright.core.compare.names import comparison_names
from matchwright.core.reasons.groups import Group, groups_of
from matchwright.core.reasons.reason import Hint, Reason
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import (
    CONTEXT,
    COUNTERFACTUAL,
    EVIDENCE_LEVELS,
    LABEL_SUFFIX,
    LITTLE_EVIDENCE,
    RECORD,
    UNCONFIRMED,
    UNSUPERVISED,
)
from matchwright.errors import DAMAGED, BundleError

Texts = dict[str, str]

ENGLISH = "en"
_TEMPLATES = Path(__file__).with_name("texts.yaml")


@dataclass(frozen=True)
class Catalogue:
    """The text of every reason code: ``texts`` in ``language``, ``translations`` in others.

    Beside the reason codes there are ``{GROUP}_LABEL``, what a group is called within a sentence, and
    ``COUNTERFACTUAL_...``, the parts of a hint.
    """

    version: int
    texts: Texts
    language: str = ENGLISH
    translations: dict[str, Texts] = field(default_factory=dict)

    @classmethod
    def of(cls, spec: MatchSpec) -> "Catalogue":
        """All codes of a spec: its own texts, and plain ones from the fields' labels for the rest.

        The languages of the templates are there without being asked for, those of the spec's translations
        beside them. A translation says what a field is called in its language under ``{FIELD}_LABEL``; without,
        the field's label stands in. Where neither the spec nor the templates have a text in a language, that
        of the spec's language does.
        """
        given = spec.reasons
        texts = {**_plain_texts(spec, given.language, given.texts), **given.texts}
        offered = dict.fromkeys((*_templates(), *given.translations))
        translations = {}
        for language in offered:
            if language != given.language:
                own = given.translations.get(language, {})
                translations[language] = {**texts, **_plain_texts(spec, language, own), **own}
        return cls(given.version, texts, given.language, translations)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there are texts in, the spec's own first."""
        return (self.language, *self.translations)

    def language_for(self, wanted: Iterable[str]) -> str:
        """The first of the wanted languages that there is, or the spec's own; ``de-AT`` is served by ``de``."""
        known = {language.lower(): language for language in self.languages}
        for tag in wanted:
            for name in (tag.lower(), tag.lower().partition("-")[0]):
                if name in known:
                    return known[name]
        return self.language

    def text(self, code: str, language: str | None = None) -> str:
        """The text of a reason code; in the spec's language where the other has none."""
        return self.translations.get(language or self.language, self.texts).get(code) or self.texts[code]

    def hint_text(self, hint: Hint, language: str | None = None) -> str:
        """The sentence of a hint, such as ``It would be a match if date of birth (now missing) agreed.``"""
        labels = [
            self.text(f"{COUNTERFACTUAL}_{level}", language).replace(
                "{label}", self.text(f"{group.upper()}{LABEL_SUFFIX}", language)
            )
            for group, level in zip(hint.groups, hint.levels, strict=True)
        ]
        joined = _joined(labels, self.text(f"{COUNTERFACTUAL}_AND", language))
        return self.text(hint.code, language).replace("{labels}", joined)

    def unconfirmed(self) -> Reason:
        """Why a pair with a score for a match went to review; no contribution, because a rule says so."""
        return Reason(UNCONFIRMED, self.texts[UNCONFIRMED], "identity", "UNCONFIRMED", 0.0)

    def little_evidence(self) -> Reason:
        """Why another such pair went to review: of one field alone nothing is matched, whatever the score."""
        return Reason(LITTLE_EVIDENCE, self.texts[LITTLE_EVIDENCE], "record", "LITTLE_EVIDENCE", 0.0)

    def unsupervised(self) -> Reason:
        """Why an unsupervised start decides nothing itself; no contribution, because it is no evidence."""
        return Reason(UNSUPERVISED, self.texts[UNSUPERVISED], "model", "UNJUDGED", 0.0)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of ``reasons.yaml``: which texts, whatever their version says."""
        return hashlib.sha256(self._content()).hexdigest()

    def save(self, path: Path) -> None:
        """Write ``reasons.yaml``."""
        path.write_bytes(self._content())

    def _content(self) -> bytes:
        document = {
            "version": self.version,
            "language": self.language,
            "texts": dict(sorted(self.texts.items())),
            "translations": {name: dict(sorted(texts.items())) for name, texts in self.translations.items()},
        }
        return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110).encode()

    @classmethod
    def load(cls, path: Path) -> "Catalogue":
        """Read what :meth:`save` wrote (BundleError where it is not a catalogue)."""
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            translations = {str(name): _strings(texts) for name, texts in document["translations"].items()}
            language = str(document["language"])
            return cls(int(document["version"]), _strings(document["texts"]), language, translations)
        except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise BundleError("The reason catalogue cannot be read.", DAMAGED) from error


def _plain_texts(spec: MatchSpec, language: str, own: Mapping[str, str]) -> Texts:
    """A text per code from the templates of a language; the English ones only for a spec in English or in none's."""
    templates = _templates().get(language)
    if templates is None:
        if language != spec.reasons.language:
            return {}
        templates = _templates()[ENGLISH]
    labels = {name: own.get(f"{name.upper()}{LABEL_SUFFIX}", section.label) for name, section in spec.compared.items()}
    labels[RECORD] = own.get(f"{RECORD.upper()}{LABEL_SUFFIX}", templates["record"])
    texts: Texts = {}
    for group in _all_groups(spec):
        label = labels.get(group.field, "")
        indices = {"label": label, "Label": label[:1].upper() + label[1:]}
        for level in EVIDENCE_LEVELS:
            texts[f"{group.name.upper()}_{level}"] = _filled(templates["levels"][group.kind][level], indices)
        if group.field != CONTEXT:
            texts[f"{group.name.upper()}{LABEL_SUFFIX}"] = _filled(templates["groups"][group.kind], indices)
    texts |= {f"{COUNTERFACTUAL}_{part}": text for part, text in templates["hints"].items()}
    texts[f"{COUNTERFACTUAL}_AND"] = templates["and"]
    if spec.identity:
        fields = ", ".join(labels[name] for name in spec.identity)
        texts[UNCONFIRMED] = _filled(templates["unconfirmed"], {"labels": fields})
    texts[LITTLE_EVIDENCE] = templates["little_evidence"]
    if spec.labels == "none":
        texts[UNSUPERVISED] = templates["unsupervised"]
    return texts


def _all_groups(spec: MatchSpec) -> list[Group]:
    """The groups that the spec's comparisons fall into."""
    return list(groups_of(tuple(comparison_names(spec))))


def _filled(template: str, indices: Mapping[str, str]) -> str:
    for name, value in indices.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _joined(labels: list[str], conjunction: str) -> str:
    if len(labels) < 2:
        return "".join(labels)
    return f"{', '.join(labels[:-1])} {conjunction} {labels[-1]}"


def _strings(texts: Mapping[Any, Any]) -> Texts:
    return {str(code): str(text) for code, text in texts.items()}


@cache
def _templates() -> dict[str, Any]:
    templates: dict[str, Any] = yaml.safe_load(_TEMPLATES.read_text(encoding="utf-8"))
    return templates
