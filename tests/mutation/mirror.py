"""The tests that mirror a module. These tests must detect a fault in the module."""

from pathlib import Path

PACKAGES = (
    "matchwright/core",
    "matchwright/adapters/ledger",
    "matchwright/governance",
    "matchwright/monitoring",
    "matchwright/steps",
    "matchwright/operations",
    "serving",
)
"""A mutation run chooses its mutants from these packages."""

_ALSO = {
    "matchwright/governance": ("tests/governance", "tests/adapters/test_ledger.py"),
    "matchwright/operations/release_records.py": ("tests/operations",),
    "matchwright/operations/bundle_deployment.py": ("tests/operations", "tests/steps/test_release.py"),
    "matchwright/operations/training_artifacts.py": (
        "tests/operations/test_training_artifacts.py",
        "tests/steps/test_train.py",
    ),
    "matchwright/operations/snapshot.py": ("tests/operations/test_snapshot.py", "tests/steps/test_ingest.py"),
    "matchwright/operations/inputs.py": ("tests/pipelines/test_arguments.py", "tests/steps/test_ingest.py"),
    "matchwright/operations/conforming.py": ("tests/steps/test_ingest.py", "tests/operations/test_match_tables.py"),
    "matchwright/operations/registered_bundle.py": ("tests/api/test_load_bundle.py",),
    "matchwright/operations/match_tables": (
        "tests/operations/match_tables",
        "tests/operations/test_match_tables.py",
        "tests/operations/test_explain_matches.py",
        "tests/commands/test_match_command.py",
    ),
    "matchwright/operations/failures.py": ("tests/steps/test_failures.py",),
    "matchwright/operations/labelling.py": ("tests/commands/test_label.py",),
    "matchwright/operations/label_file.py": ("tests/commands/test_label.py",),
    "matchwright/operations/stack.py": ("tests/commands/test_stack.py",),
    "matchwright/operations/neighbours.py": ("tests/steps/test_neighbours_in_steps.py",),
    "matchwright/operations/example_traffic.py": ("tests/end_to_end/test_demo.py",),
    "matchwright/steps/calibrate.py": (
        "tests/training/calibration",
        "tests/steps/test_evaluate.py",
        "tests/operations/test_train_few_labels.py",
    ),
    "matchwright/steps/train.py": ("tests/steps/test_train.py", "tests/operations/test_train_few_labels.py"),
    "matchwright/steps/features.py": ("tests/adapters/test_features.py", "tests/steps/test_train.py"),
    "matchwright/steps/gate.py": ("tests/steps/test_failures.py",),
    "matchwright/steps/fetch_champion.py": ("tests/operations/test_champion.py",),
}
"""Modules whose tests are not at the place that the folder structure suggests."""


def modules_of(root: Path, only: tuple[str, ...] = PACKAGES) -> list[Path]:
    """Return the modules of the packages, relative to the root."""
    found = {path.relative_to(root) for name in only for path in [*(root / name).rglob("*.py"), root / name]}
    return sorted(path for path in found if path.suffix == ".py" and (root / path).stat().st_size)


def mirrored_tests(module: str, root: Path) -> list[str]:
    """Return the tests of a module.

    These are the tests with the name of the module. If there are none, they are the tests of its folder, or of the
    nearest folder above that has tests.

    Raises:
        LookupError: The module has no tests.
    """
    for name, tests in _ALSO.items():
        if module == name or module.startswith(f"{name}/"):
            return list(tests)
    path = Path(module)
    folder = Path("tests", *(part for part in path.parent.parts if part != "matchwright"))
    while folder != Path("tests"):
        if folder.parts[-1] not in ("steps", "operations", "adapters") and list((root / folder).glob("test_*.py")):
            return [str(folder)]
        named = [
            *(root / folder).glob(f"test_{path.stem}*.py"),
            *(root / folder.parent).glob(f"test_{folder.name}*.py"),
        ]
        if named:
            return sorted(str(test.relative_to(root)) for test in named)
        folder = folder.parent
    raise LookupError(f"{module} has no mirrored tests: name them in {__file__}")
