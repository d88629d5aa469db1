"""A listening socket and its waiting connections can be handed over from one process to the next."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from matchwright.supervisor import handover


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_the_next_owner_answers_a_client_that_waits_while_the_first_owner_ends(
    listener: socket.socket, tmp_path: Path
) -> None:
    offer = handover.Offer(listener, tmp_path / "blue")
    waiting = socket.create_connection(listener.getsockname(), timeout=10)
    taken = handover.take(tmp_path / "blue")
    assert taken is not None
    offer.withdraw()
    listener.close()
    with taken, waiting:
        accepted, _ = taken.accept()
        with accepted:
            accepted.sendall(b"here")
        assert waiting.recv(4) == b"here"


def test_a_socket_is_offered_any_number_of_times_until_the_offer_is_withdrawn(
    listener: socket.socket, tmp_path: Path
) -> None:
    offer = handover.Offer(listener, tmp_path / "blue")
    assert all(handover.is_offered(tmp_path / "blue") for _ in range(3))
    offer.withdraw()
    assert not handover.is_offered(tmp_path / "blue")
    assert list(tmp_path.iterdir()) == []


def test_without_an_offer_no_socket_is_taken(listener: socket.socket, tmp_path: Path) -> None:
    assert handover.take(tmp_path / "no folder" / "blue") is None
    assert handover.take(tmp_path / "blue") is None
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "blue"))
    assert handover.take(tmp_path / "blue") is None, "a killed process left this socket file"
    handover.Offer(listener, tmp_path / "blue").withdraw()


def test_a_long_path_is_possible_and_other_users_cannot_take_the_socket(
    listener: socket.socket, tmp_path: Path
) -> None:
    path = tmp_path / ("long" * 40) / "blue"
    offer = handover.Offer(listener, path)
    assert handover.is_offered(path)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    offer.withdraw()
