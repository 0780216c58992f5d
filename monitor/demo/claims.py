"""Ports and folders that one trial has to itself: whoever comes second is told who was first."""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from monitor.errors import StartError
from monitor.sole_use import hold


@dataclass(frozen=True, slots=True)
class Port:
    """A port on 127.0.0.1. ``option`` is what to type for another one."""

    number: int
    purpose: str
    option: str


def claim_ports(ports: list[Port], address: str, closing: ExitStack) -> None:
    """Until ``closing``. ``address`` is where our desk will be. Raises ``StartError``."""
    for port in ports:
        name = f"chuong-demo-{os.getuid()}-{port.number}.lock"
        _claim(Path(tempfile.gettempdir(), name), address, closing)
    for port in ports:
        _check_is_free(port)


def claimed_folder(keep: Path | None, address: str, closing: ExitStack) -> Path:
    """``keep``, which then belongs to one trial at a time, or a new one that goes with us. Raises ``StartError``."""
    if keep is None:
        folder = Path(tempfile.mkdtemp(prefix="chuong-demo-"))
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        return folder
    try:
        keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        _claim(keep / "demo.lock", address, closing)
    except OSError as error:
        raise StartError(f"{keep} cannot be used as a folder: {error.strerror}") from None
    return keep.resolve()


def _claim(path: Path, address: str, closing: ExitStack) -> None:
    file, is_ours = hold(path, closing)
    if not is_ours:
        raise StartError(
            f"another demo is running{_holder(file)}. "
            "End it with Ctrl-C, or choose other ports with --http-port and --mqtt-port"
        )
    file.truncate()
    json.dump({"pid": os.getpid(), "address": address}, file)
    file.flush()


def _holder(file: TextIO) -> str:
    try:
        holder = json.load(file)
        return f" (process {holder['pid']}, {holder['address']})"
    except (ValueError, KeyError, TypeError):  # it holds the lock, and has not written its name yet
        return ""


def _check_is_free(port: Port) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port.number))
            listener.listen(1)
        except OSError as error:
            raise StartError(
                f"port {port.number}, for the {port.purpose}, cannot be used: {error.strerror}. "
                f"Stop what is running there, or choose another port with {port.option}"
            ) from None
