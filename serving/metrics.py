"""The metrics for Prometheus: counts and times. All labels come from fixed lists."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from matchwright.core.bundle import Bundle, register_use
from matchwright.core.decide.prior import WARNINGS

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The metrics of one serving process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "matchwright_requests", "Scoring requests by status code", ["code"], registry=self._registry
        )
        self.seconds = Histogram(
            "matchwright_request_seconds", "Time to answer a scoring request", buckets=_SECONDS, registry=self._registry
        )
        self.decisions = Counter(
            "matchwright_decisions",
            "Decisions by kind, band and mode",
            ["kind", "band", "mode"],
            registry=self._registry,
        )
        self.features_missing = Counter(
            "matchwright_features_missing", "Candidates whose features could not be read", registry=self._registry
        )
        self.records_unknown = Counter(
            "matchwright_records_unknown", "Candidates that the feature store does not hold", registry=self._registry
        )
        self.values_unreadable = Counter(
            "matchwright_values_unreadable",
            "Values of requests that could not be read and counted as missing",
            ["field"],
            registry=self._registry,
        )
        self.log_failures = Counter(
            "matchwright_decision_log_failures",
            "Requests refused because the decision log could not be written",
            registry=self._registry,
        )
        self._bundle = Gauge(
            "matchwright_bundle_info", "The bundle that serves", ["name", "version", "digest"], registry=self._registry
        )

        self._register_warning = Gauge(
            "matchwright_register_warning",
            "1 if the bundle is used on a register that its scores are not for",
            ["warning"],
            registry=self._registry,
        )

    def bundle(self, bundle: Bundle) -> None:
        """Set the bundle that serves, and whether it is used on a register that its scores are not for."""
        self._bundle.clear()
        self._bundle.labels(bundle.manifest.name, bundle.manifest.version, bundle.digest).set(1)
        found = register_use(bundle).warning
        for name in WARNINGS:
            self._register_warning.labels(name).set(found is not None and found.name == name)

    def decided(self, kind: str, band_and_mode: Iterable[tuple[str, str]]) -> None:
        """Count decisions."""
        for band, mode in band_and_mode:
            self.decisions.labels(kind, band, mode).inc()

    def unreadable(self, fields: Iterable[str]) -> None:
        """Count values that could not be read, by field."""
        for field in fields:
            self.values_unreadable.labels(field).inc()

    def text(self) -> bytes:
        """The metrics in Prometheus's text format."""
        return generate_latest(self._registry)
