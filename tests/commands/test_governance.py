"""The commands approve, release, rollback and history."""

import pytest
import typer
import yaml
from typer.testing import CliRunner

from matchwright.adapters import registry
from matchwright.adapters.endpoints import open_endpoint
from matchwright.commands import governance
from matchwright.errors import ReleaseRefused
from matchwright.settings import load_settings
from matchwright.supervisor import free_port


@pytest.fixture
def command(stage, tmp_path):
    """A function that runs a command in the environment of the stage and returns its output."""
    app = typer.Typer()
    governance.register(app)
    environment = tmp_path / "staging.yaml"
    home = str(stage.settings.home)
    environment.write_text(yaml.safe_dump({"home": home, "user": "engineer", "endpoint": {"port": free_port()}}))

    def run(*words):
        done = CliRunner().invoke(app, [*words, "--environment", str(environment)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    yield run
    open_endpoint(load_settings(environment)).stop()


def test_an_approval_is_stored_and_the_history_shows_it(stage, command):
    printed = command("approve", "persons", "--by", "Grace", "--note", "[fine]")
    assert "persons version 1 is approved by Grace" in printed
    assert registry.version_info(stage.settings, "persons", "1").tags["approval_note"] == "[fine]"
    history = command("history")
    assert "approved" in history
    assert "[fine]" in history
    assert "Intact: 1 entries" in history
    assert "approved" not in command("history", "products")


def test_a_rejection_is_stored(stage, command):
    assert "is rejected by engineer" in command("approve", "persons", "--version", "1", "--decision", "rejected")
    assert registry.version_info(stage.settings, "persons", "1").tags["approval"] == "rejected"


def test_a_refused_command_raises_an_error(command):
    with pytest.raises(ReleaseRefused, match="not approved"):
        command("release", "persons")
    with pytest.raises(ReleaseRefused, match="no earlier release"):
        command("rollback", "persons")


@pytest.mark.slow
def test_a_release_and_a_rollback_on_a_real_endpoint(stage, command):
    command("approve", "persons", "--by", "Grace")
    assert "persons version 1 serves at http://127.0.0.1:" in command("release", "persons")
    stage.register(2)
    command("approve", "persons", "--by", "Grace")
    assert "persons version 2 serves" in command("release", "persons")
    assert "persons version 1 serves again" in command("rollback", "persons", "--by", "Grace", "--note", "wrong")
    assert stage.champion() == "1"
    assert [action for action, _ in stage.history if action != "approved"] == ["released", "released", "rolled_back"]
