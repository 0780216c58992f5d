"""Two trials never share a port or a folder, and who comes second is told."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from monitor.demo.claims import Port, claim_ports, claimed_folder
from monitor.errors import StartError

CLAIM = """
import sys
from contextlib import ExitStack
from monitor.demo.claims import Port, claim_ports
with ExitStack() as closing:
    claim_ports([Port(int(sys.argv[1]), "desk", "--http-port")], "http://here", closing)
    print("claimed", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def port() -> Port:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Port(probe.getsockname()[1], "desk", "--http-port")


def test_it_says_which_port_is_taken_and_what_to_type(port: Port) -> None:
    with socket.socket() as taken, ExitStack() as closing:
        taken.bind(("127.0.0.1", port.number))
        taken.listen()
        with pytest.raises(StartError, match=f"port {port.number}, for the desk, .* --http-port"):
            claim_ports([port], "http://here", closing)


def test_it_names_the_other_demo(port: Port) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CLAIM, str(port.number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"claimed\n"
        with ExitStack() as closing, pytest.raises(StartError, match=rf"process {first.pid}, http://here"):
            claim_ports([port], "http://there", closing)
        first.communicate(b"")


def test_it_needs_no_clearing_up_after_a_demo_that_was_killed(port: Port) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CLAIM, str(port.number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"claimed\n"
        first.kill()
        first.communicate()
    with ExitStack() as closing:
        claim_ports([port], "http://here", closing)


def test_it_takes_a_temporary_folder_along_when_it_goes() -> None:
    with ExitStack() as closing:
        folder = claimed_folder(None, "http://here", closing)
        assert folder.is_dir()
    assert not folder.exists()


def test_it_leaves_a_kept_folder_and_shares_it_with_nobody(tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    with ExitStack() as closing:
        claimed_folder(keep, "http://here", closing)
        with pytest.raises(StartError, match="another demo is running"):
            claimed_folder(keep, "http://there", closing)
    assert keep.is_dir()


def test_it_says_when_a_folder_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with ExitStack() as closing, pytest.raises(StartError, match=re.escape("cannot be used as a folder")):
        claimed_folder(tmp_path / "file", "http://here", closing)
