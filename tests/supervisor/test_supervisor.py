"""Services still run after the command that started them has ended. The next command can find, stop and repair them."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from matchwright.errors import ServiceError
from matchwright.supervisor import Service, Supervisor, fetch, free_port, healthy, port_is_free

WEB_SERVER = "import sys, http.server as h; h.test(h.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind='127.0.0.1')"
IGNORES_SIGTERM = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WEB_SERVER}"
STARTS_A_WORKER = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', sys.argv[2], sys.argv[1]]))"


@pytest.fixture
def supervisor(tmp_path):
    supervisor = Supervisor(tmp_path / "services")
    yield supervisor
    for path in supervisor.folder.glob("*.json"):
        supervisor.stop(path.stem, limit_seconds=1)


def service(program=WEB_SERVER, name="web", port=None, **changes):
    port = port or free_port()
    command = (sys.executable, "-c", program, str(port))
    return replace(Service(name, command, f"http://127.0.0.1:{port}/", {"PATH": os.environ["PATH"]}), **changes)


def wait_until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_service_can_be_started_found_and_stopped(supervisor):
    web = service()
    process = supervisor.start(web)
    assert healthy(web.health_url)
    assert Supervisor(supervisor.folder).find("web") == process
    assert supervisor.list() == [process]
    assert process.address == web.health_url.rstrip("/")
    assert supervisor.stop("web")
    assert supervisor.list() == []
    assert fetch(web.health_url) is None


def test_state_and_log_are_private(supervisor):
    supervisor.start(service())
    for name in ("web.json", "web.log"):
        assert stat.S_IMODE((supervisor.folder / name).stat().st_mode) == 0o600


def test_a_service_still_runs_after_the_process_that_started_it_has_ended(supervisor):
    web = service()
    script = (
        "import sys; from pathlib import Path; from matchwright.supervisor import Service, Supervisor\n"
        f"Supervisor(Path({str(supervisor.folder)!r})).start(Service('web', {web.command!r}, {web.health_url!r}, {{}}))"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    assert healthy(web.health_url)
    assert supervisor.stop("web")
    assert not healthy(web.health_url)


def test_starting_a_running_service_again_does_not_restart_it(supervisor):
    web = service()
    assert supervisor.start(web) == supervisor.start(web)


def test_other_settings_are_refused_while_the_service_runs(supervisor):
    supervisor.start(service())
    with pytest.raises(ServiceError, match="already runs with other settings"):
        supervisor.start(service())


def test_a_service_does_not_inherit_the_environment_of_the_command(supervisor, monkeypatch):
    monkeypatch.setenv("PLANTED_SECRET", "x")
    process = supervisor.start(service())
    assert b"PLANTED_SECRET" not in Path(f"/proc/{process.pid}/environ").read_bytes()


def test_a_port_of_another_process_is_refused(supervisor):
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        web = service(port=stranger.getsockname()[1], port_setting="MATCHWRIGHT_PORT")
        with pytest.raises(ServiceError, match="another process listens on port") as error:
            supervisor.start(web)
    assert "MATCHWRIGHT_PORT" in error.value.hint


def test_the_error_for_a_service_that_ends_names_its_log_and_quotes_it_only_if_this_is_allowed(supervisor):
    dying = service("import sys; print('no such bundle'); sys.exit(3)")
    with pytest.raises(ServiceError, match="stopped before it answered") as error:
        supervisor.start(dying)
    assert str(supervisor.folder / "web.log") in error.value.hint
    assert "no such bundle" not in str(error.value)
    with pytest.raises(ServiceError, match="no such bundle"):
        supervisor.start(replace(dying, quote_log=True))


def test_a_service_that_does_not_answer_in_time_is_stopped(supervisor):
    silent = service("import time; time.sleep(60)")
    with pytest.raises(ServiceError, match="did not answer"):
        supervisor.start(silent, wait_seconds=0.3)
    assert supervisor.list() == []
    assert not (supervisor.folder / "web.json").exists()


def test_a_service_that_ignores_sigterm_is_killed(supervisor):
    web = service(IGNORES_SIGTERM)
    supervisor.start(web)
    assert supervisor.stop("web", limit_seconds=0.3)
    assert not healthy(web.health_url)


def test_a_program_that_does_not_exist_is_an_error(supervisor):
    with pytest.raises(ServiceError, match="cannot be started"):
        supervisor.start(service(command=("/no/such/program",)))


def test_a_killed_service_is_detected_and_can_be_started_again(supervisor):
    web = service()
    first = supervisor.start(web)
    os.kill(first.pid, signal.SIGKILL)
    wait_until(lambda: supervisor.find("web") is None)
    assert supervisor.start(web).pid != first.pid


def test_the_remaining_workers_of_a_killed_leader_are_stopped_before_a_new_start(supervisor):
    web = service(STARTS_A_WORKER)
    web = replace(web, command=(*web.command, WEB_SERVER))
    leader = supervisor.start(web)
    os.kill(leader.pid, signal.SIGKILL)
    wait_until(lambda: supervisor.find("web") is None)
    assert healthy(web.health_url), "the worker still runs"
    supervisor.start(web)
    assert supervisor.stop("web")
    assert not healthy(web.health_url)


@pytest.mark.parametrize("change", [{"started": 1}, {"boot": "another boot"}])
def test_a_process_that_reuses_the_process_id_is_not_taken_for_the_service_and_not_stopped(supervisor, change):
    other_process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        process = supervisor.start(service())
        state = supervisor.folder / "web.json"
        document = json.loads(state.read_text())
        supervisor.stop("web")
        state.write_text(json.dumps({**document, "pid": other_process.pid, **change}))
        assert not supervisor.stop("web")
        assert supervisor.find("web") is None
        assert other_process.poll() is None
        assert process.pid != other_process.pid
    finally:
        other_process.kill()
        other_process.wait()


def test_an_unreadable_state_file_is_repaired(supervisor):
    supervisor.folder.mkdir()
    (supervisor.folder / "web.json").write_text('{"name": "we')
    assert supervisor.find("web") is None
    assert supervisor.start(service()).pid


def test_stopping_a_service_that_does_not_run_returns_false(supervisor):
    assert not supervisor.stop("web")


def test_a_free_port_is_outside_the_range_of_outgoing_connections() -> None:
    ports = {free_port() for _ in range(20)}
    assert all(20_000 <= port < 32_000 and port_is_free("127.0.0.1", port) for port in ports)
