"""The catalogue: the text of each reason code in every known language, with a version."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from matchwright.core.compare.competing_scores import SCORED_NAMES
from matchwright.core.compare.names import comparison_names
from matchwright.core.models.neighbours import applies_to
from matchwright.core.reasons.evidence import NEARLY_KINDS
from matchwright.core.reasons.groups import Group, groups_of
from matchwright.core.reasons.reason import Hint, Reason
from matchwright.core.spec import MatchSpec
from matchwright.core.spec.vocabulary import (
    CANDIDATES_LOWER,
    CANDIDATES_RAISE,
    COMMON_EVIDENCE,
    CONTEXT,
    COUNTERFACTUAL,
    EVIDENCE_LEVELS,
    LABEL_SUFFIX,
    LITTLE_EVIDENCE,
    NEARLY_SUFFIX,
    NEIGHBOURS,
    NEIGHBOURS_AGREE,
    NEIGHBOURS_DISAGREE,
    NOTHING_COMPARED,
    RARE_EVIDENCE,
    RECORD,
    REGISTER,
    REGISTER_PRIOR,
    UNCONFIRMED,
    UNSUPERVISED,
)
from matchwright.errors import DAMAGED, BundleError

Texts = dict[str, str]

ENGLISH = "en"
_TEMPLATES = Path(__file__).with_name("texts.yaml")


@dataclass(frozen=True)
class Catalogue:
    """The text of every reason code: ``texts`` in ``language``, ``translations`` in other languages.

    Three other kinds of key exist: ``{GROUP}_AGREES_NEARLY`` is the text where values agree and are not the same,
    ``{GROUP}_LABEL`` is the name of a group within a sentence, and ``COUNTERFACTUAL_...`` are the parts of a hint.
    """

    version: int
    texts: Texts
    language: str = ENGLISH
    translations: dict[str, Texts] = field(default_factory=dict)

    @classmethod
    def of(cls, spec: MatchSpec) -> "Catalogue":
        """All codes of a spec. A code has the spec's own text, or one made from a template and the field's label.

        The catalogue has the languages of the templates and those of the spec's translations. A translation gives the
        name of a field under ``{FIELD}_LABEL``; without it, the field's label is used. A text that a language does not
        have comes from the spec's language.
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
        """The languages with texts, the spec's own first."""
        return (self.language, *self.translations)

    def language_for(self, wanted: Iterable[str]) -> str:
        """The first wanted language that is known, or the spec's own. For ``de-AT``, ``de`` is used if known."""
        known = {language.lower(): language for language in self.languages}
        for tag in wanted:
            for name in (tag.lower(), tag.lower().partition("-")[0]):
                if name in known:
                    return known[name]
        return self.language

    def text(self, code: str, language: str | None = None, *, nearly: bool = False) -> str:
        """The text of a reason code, in the spec's language where the given one has none.

        ``nearly``: the values agree, but are not the same.
        """
        if nearly and f"{code}{NEARLY_SUFFIX}" in self.texts:
            code = f"{code}{NEARLY_SUFFIX}"
        return self.translations.get(language or self.language, self.texts).get(code) or self.texts[code]

    def both(self, code: str) -> str:
        """The texts of a code in the spec's language: for the same values, and for nearly the same ones."""
        return " / ".join(dict.fromkeys((self.text(code), self.text(code, nearly=True))))

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
        """The reason of a match sent to review because no identity field agrees. It is a rule, so it contributes 0."""
        return Reason(UNCONFIRMED, self.texts[UNCONFIRMED], "identity", "UNCONFIRMED", 0.0)

    def little_evidence(self) -> Reason:
        """The reason of a match sent to review because at most one field is known in both records."""
        return Reason(LITTLE_EVIDENCE, self.texts[LITTLE_EVIDENCE], "record", "LITTLE_EVIDENCE", 0.0)

    def nothing_compared(self) -> Reason:
        """The reason of a pair of which no field is known in both records. It is no evidence, so it contributes 0."""
        return Reason(NOTHING_COMPARED, self.texts[NOTHING_COMPARED], "record", "NOTHING_COMPARED", 0.0)

    def other_candidates(self, contribution: float) -> Reason:
        """The reason of a pair whose band the competing candidates change.

        ``contribution`` is how much they change the log-odds of the pair alone.
        """
        code = CANDIDATES_RAISE if contribution > 0 else CANDIDATES_LOWER
        return Reason(code, self.texts[code], CONTEXT, code.removeprefix(f"{CONTEXT.upper()}_"), contribution)

    def common_evidence(self, contribution: float) -> Reason:
        """The reason of a pair whose score is limited by how common its agreeing values are.

        ``contribution`` is how much the limit lowers the log-odds.
        """
        return Reason(COMMON_EVIDENCE, self.texts[COMMON_EVIDENCE], REGISTER, "COMMON", contribution)

    def rare_evidence(self, contribution: float) -> Reason:
        """The reason of a pair whose score is raised to what its agreeing values show in the register.

        ``contribution`` is how much that raises the log-odds.
        """
        return Reason(RARE_EVIDENCE, self.texts[RARE_EVIDENCE], REGISTER, "RARE", contribution)

    def register_prior(self, contribution: float) -> Reason:
        """The reason of a pair whose score is restated for another register.

        ``contribution`` is how much that changes the log-odds.
        """
        return Reason(REGISTER_PRIOR, self.texts[REGISTER_PRIOR], REGISTER, "PRIOR", contribution)

    def neighbours(self, contribution: float) -> Reason:
        """The reason of a pair whose score the neighbours change, in batch use.

        ``contribution`` is how much they change the log-odds.
        """
        code = NEIGHBOURS_AGREE if contribution > 0 else NEIGHBOURS_DISAGREE
        return Reason(code, self.texts[code], NEIGHBOURS, code.removeprefix(f"{NEIGHBOURS.upper()}_"), contribution)

    def unsupervised(self) -> Reason:
        """The reason of a pair in review before any pair is labelled. It is not evidence, so it contributes 0."""
        return Reason(UNSUPERVISED, self.texts[UNSUPERVISED], "model", "UNLABELLED", 0.0)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of ``reasons.yaml``. Texts that differ have different digests, even with the same version."""
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
    """A text per code from the templates of a language.

    Without templates for it, the spec's own language gets the English ones, and any other language gets no texts.
    """
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
        values = {"label": label, "Label": label[:1].upper() + label[1:]}
        for level in EVIDENCE_LEVELS:
            texts[f"{group.name.upper()}_{level}"] = _filled(templates["levels"][group.kind][level], values)
        if group.kind in NEARLY_KINDS:
            nearly = templates["nearly"][group.kind]
            texts[f"{group.name.upper()}_{EVIDENCE_LEVELS[0]}{NEARLY_SUFFIX}"] = _filled(nearly, values)
        if group.field != CONTEXT:
            texts[f"{group.name.upper()}{LABEL_SUFFIX}"] = _filled(templates["groups"][group.kind], values)
    texts |= {f"{COUNTERFACTUAL}_{part}": text for part, text in templates["hints"].items()}
    texts[f"{COUNTERFACTUAL}_AND"] = templates["and"]
    if spec.identity:
        fields = ", ".join(labels[name] for name in spec.identity)
        texts[UNCONFIRMED] = _filled(templates["unconfirmed"], {"labels": fields})
    texts[LITTLE_EVIDENCE] = templates["little_evidence"]
    texts[NOTHING_COMPARED] = templates["nothing_compared"]
    texts[CANDIDATES_LOWER] = templates["candidates_lower"]
    texts[CANDIDATES_RAISE] = templates["candidates_raise"]
    texts[COMMON_EVIDENCE] = templates["common_evidence"]
    texts[RARE_EVIDENCE] = templates["rare_evidence"]
    texts[REGISTER_PRIOR] = templates["register_prior"]
    if applies_to(spec, one_table=True):
        texts[NEIGHBOURS_AGREE] = templates["neighbours_agree"]
        texts[NEIGHBOURS_DISAGREE] = templates["neighbours_disagree"]
    if spec.labels == "none":
        texts[UNSUPERVISED] = templates["unsupervised"]
    return texts


def _all_groups(spec: MatchSpec) -> list[Group]:
    """The groups of the spec's comparisons, and of those that a second stage reads."""
    return list(groups_of((*comparison_names(spec), *(SCORED_NAMES if spec.model.second_stage else ()))))


def _filled(template: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
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
