"""Errors: each states a fact, and then a hint what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


class MatchwrightError(Exception):
    """The base of all errors that a user may see: first the fact, then ``Hint:`` and what to do."""

    def __init__(self, fact: str, hint: str = "") -> None:
        self.fact = fact
        self.hint = hint
        super().__init__(f"{fact}\nHint: {hint}" if hint else fact)

    def __reduce__(self) -> tuple[Any, ...]:
        """An error of another process is the same here, whatever its class is made from."""
        return _restored, (type(self), self.args, vars(self))


def _restored(kind: type[MatchwrightError], arguments: tuple[Any, ...], values: dict[str, Any]) -> MatchwrightError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(values)
    return error


@dataclass(frozen=True)
class Fault:
    """One fault of a configuration or table: where it is, what is wrong, what to do."""

    path: str
    problem: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f"\n      Hint: {self.hint}" if self.hint else ""
        where = f"{self.path}: " if self.path else ""
        return f"  {where}{self.problem}{hint}"


class FaultsError(MatchwrightError):
    """Several faults, reported together so that the user can correct them all at once."""

    def __init__(self, fact: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join([fact, *map(str, self.faults)]))


class SpecError(FaultsError):
    """A match spec that cannot be used."""


class SettingsError(FaultsError):
    """An environment configuration that cannot be used."""


class HomeError(MatchwrightError):
    """There is no home here, and the command does not create one."""


class StorageError(MatchwrightError):
    """The device that holds the home is full, or it cannot be written."""


class DataError(FaultsError):
    """Input tables that do not fit the match spec."""


class SynthesisError(FaultsError):
    """A synthetic register that cannot be made with these options or in this folder."""


class LakeError(MatchwrightError):
    """A lake table, version or snapshot that is missing or cannot be written."""


class QualityError(MatchwrightError):
    """A batch that does not hold the spec's quality limits."""


class CandidateError(MatchwrightError):
    """Candidate rules that cannot be run."""


class MatchingError(MatchwrightError):
    """Whole tables that cannot be matched, or not in this folder."""


class TrainingError(MatchwrightError):
    """Data that a model cannot be trained or evaluated on."""


class ScorerError(FaultsError):
    """A scorer of another origin that cannot be imported."""


class BundleError(MatchwrightError):
    """A decision bundle that is corrupt, unsigned or does not reproduce its golden pairs."""


DAMAGED = "download the bundle from the registry again"
"""The hint when a file of a bundle cannot be read."""


class FeatureStoreError(MatchwrightError):
    """Record features that are missing, stale or inconsistent."""


class RegistryError(MatchwrightError):
    """A model version that is missing or cannot be registered."""


class LedgerError(MatchwrightError):
    """A release ledger that cannot be written, or that was tampered with."""


class ReleaseRefused(MatchwrightError):  # noqa: N818 - a refusal is the right behaviour, not an error
    """A release whose conditions do not hold. ``conditions`` lists those that failed."""

    def __init__(self, fact: str, conditions: Sequence[str], hint: str = "") -> None:
        self.conditions = tuple(conditions)
        super().__init__("\n".join([fact, *(f"  - {c}" for c in self.conditions)]), hint)


class EndpointError(MatchwrightError):
    """An endpoint that did not start, did not answer or did not accept the bundle."""


class ServiceError(MatchwrightError):
    """A supervised process that did not start, answer or stop."""


class RequestError(FaultsError):
    """A scoring request with faults. The message names the faults and never a value of the request."""


class PipelineError(MatchwrightError):
    """A pipeline that cannot be compiled, submitted or run."""


class DriftAlarm(MatchwrightError):  # noqa: N818 - an alarm, not a fault of the program
    """A drift verdict that somebody has to act on."""
