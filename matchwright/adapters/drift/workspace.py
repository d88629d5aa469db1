"""Evidently's workspace: a folder, or the address of an Evidently service.

A window has one run, however often it is monitored: the ids are computed from spec, bundle and window. In a folder a
rerun replaces the run, because labels may have arrived since. A service keeps the first run, because its API can
neither replace nor delete one. Files are written to another folder first and then moved: with one incomplete file the
Evidently UI does not start.
"""

import os
import shutil
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matchwright.adapters.drift.dashboard import dashboard
from matchwright.adapters.drift.report import Measured
from matchwright.core.spec import MatchSpec
from matchwright.errors import MatchwrightError
from matchwright.telemetry import silence

_NAMESPACE = uuid.UUID("6d1c6a2e-5f0b-5c57-9d0a-3a1c7e0f4b52")
_WINDOW_KEY = "window"


@dataclass(frozen=True)
class RunIdentity:
    """What identifies a run: spec, bundle and window."""

    spec: str
    bundle: str
    since: str
    until: str

    @property
    def project(self) -> uuid.UUID:
        """The project's id: one per spec name."""
        return uuid.uuid5(_NAMESPACE, self.spec)

    def run(self, tag: str) -> uuid.UUID:
        """The id of this window's run of one kind (``drift``, ``performance``)."""
        return uuid.uuid5(self.project, f"{self.bundle}|{self.since}|{self.until}|{tag}")

    @property
    def metadata(self) -> dict[str, str]:
        """Strings stored with the run. In a service they identify the run."""
        return {"bundle": self.bundle, _WINDOW_KEY: f"{self.since}/{self.until}"}


@dataclass(frozen=True)
class RunAddress:
    """The ids of a window's project and runs. ``path`` is the address of the drift run within the Evidently UI."""

    project: str
    runs: dict[str, str]
    path: str


def save_run(workspace: str, measured: Measured, spec: MatchSpec, identity: RunIdentity, name: str) -> RunAddress:
    """Save a window's snapshots, with the project and its dashboard, to the workspace.

    Raises:
        MatchwrightError: the Evidently service does not answer.
    """
    silence()
    columns = [shift.name for shift in measured.figures.comparisons]
    board = dashboard(spec, columns)
    if workspace.startswith(("http://", "https://")):
        runs = _to_service(workspace, measured, spec, identity, name, board)
        project = str(runs.pop("project"))
    else:
        runs = _to_folder(Path(workspace), measured, spec, identity, name, board)
        project = str(identity.project)
    saved = {tag: str(run) for tag, run in runs.items()}
    return RunAddress(project, saved, f"/projects/{project}/reports/{saved['drift']}" if "drift" in saved else "")


def _to_folder(
    workspace: Path, measured: Measured, spec: MatchSpec, identity: RunIdentity, name: str, board: Any
) -> dict[str, uuid.UUID]:
    """Let Evidently write to a temporary folder, then move each file into the workspace.

    The temporary folder is outside the workspace: a running UI watches the workspace, and its watcher crashes when a
    folder disappears.
    """
    from evidently.sdk.models import ProjectModel
    from evidently.ui.workspace import Workspace

    project = workspace / str(identity.project)
    (project / "snapshots").mkdir(parents=True, exist_ok=True)
    runs = {}
    with tempfile.TemporaryDirectory(prefix="evidently-") as draft:
        drafted = Workspace(draft)
        drafted.add_project(ProjectModel(id=identity.project, name=spec.name, description=spec.description))
        drafted.save_dashboard(identity.project, board)
        for tag, snapshot in measured.snapshots.items():
            saved = drafted.add_run(identity.project, snapshot, name=f"{name} ({tag})")
            runs[tag] = identity.run(tag)
            _put(Path(saved.url), project / "snapshots" / f"{runs[tag]}.json")
        for file in ("metadata.json", "dashboard.json"):
            _put(Path(draft) / str(identity.project) / file, project / file)
    return runs


def _put(draft: Path, target: Path) -> None:
    copy = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(draft, copy)
    copy.replace(target)
    # A running UI's watcher notices a write to the file, but not that a file was moved there.
    with target.open("r+b") as file:
        first = file.read(1)
        file.seek(0)
        file.write(first)


def _to_service(
    address: str, measured: Measured, spec: MatchSpec, identity: RunIdentity, name: str, board: Any
) -> dict[str, uuid.UUID]:
    import requests  # type: ignore[import-untyped]
    from evidently.ui.workspace import RemoteWorkspace

    try:
        service = RemoteWorkspace(address)
        found = [project for project in service.search_project(spec.name) if project.name == spec.name]
        project = found[0] if found else service.create_project(spec.name, spec.description)
        service.save_dashboard(project.id, board)
        answer = requests.get(f"{address.rstrip('/')}/api/projects/{project.id}/snapshots", timeout=60)
        answer.raise_for_status()
        known = {
            (tag, run["metadata"].get("bundle"), run["metadata"].get(_WINDOW_KEY)): uuid.UUID(run["id"])
            for run in answer.json()
            for tag in run["tags"]
        }
        runs = {"project": project.id}
        for tag, snapshot in measured.snapshots.items():
            same = known.get((tag, identity.metadata["bundle"], identity.metadata[_WINDOW_KEY]))
            runs[tag] = same or service.add_run(project.id, snapshot, name=f"{name} ({tag})").id
    except (requests.RequestException, ValueError) as error:
        fact = f"The Evidently service of this environment did not accept the run ({type(error).__name__})."
        raise MatchwrightError(fact, "check that monitoring.workspace is its address and that it runs") from error
    return runs
