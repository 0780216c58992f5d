"""Every capture of every adapter comes out as it must; an adapter without captures is not an adapter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from device_adapters.core.registry import adapters
from monitor.decode import decode_lines
from tests.device_adapters.corpus import FOLDER, captures

FILES = [(name, path, lines) for name in adapters() for path, lines in captures(name)]
ANSWERS: dict[Path, list[dict[str, Any]]] = {
    path: [json.loads(text) for text in decode_lines(name, path.read_text("utf-8").splitlines())]
    for name, path, _ in FILES
}
CASES = [
    pytest.param(line, answer, id=line["id"])
    for _, path, lines in FILES
    for line, answer in zip(lines, ANSWERS[path], strict=True)
]

SIGNS_OF_LIFE = {"heartbeat", "ignore", "online"}


def _says_why(line: dict[str, Any]) -> bool:
    """``detail`` of a panel's frame is what the frame is, in the words of whoever wrote it down."""
    return "detail" in line and (not line["id"].startswith("sia_dc09") or "capture" in line["id"])


@pytest.mark.parametrize("name", adapters())
def test_it_has_captures_for_each_adapter(name: str) -> None:
    lines = [line for _, lines in captures(name) for line in lines]
    assert len(lines) >= 3
    assert all(line["source"].strip() for line in lines)


def test_it_has_an_adapter_for_each_folder_of_captures() -> None:
    assert {folder.name for folder in FOLDER.iterdir() if folder.is_dir()} == set(adapters())


@pytest.mark.parametrize(("line", "answer"), CASES)
def test_it_comes_out_as_expected(line: dict[str, Any], answer: dict[str, Any]) -> None:
    assert answer["refused"] is None
    assert answer["events"][0]["class"] == line["expect"]


@pytest.mark.parametrize(("line", "answer"), [case for case in CASES if "event_time" in case.values[0]])
def test_it_tells_the_time_of_the_event(line: dict[str, Any], answer: dict[str, Any]) -> None:
    stated = line["event_time"].removesuffix("Z")
    assert answer["events"][0]["occurred_at"].startswith(stated)


@pytest.mark.parametrize(("line", "answer"), [case for case in CASES if "expect_per_device" in case.values[0]])
def test_it_tells_each_child_apart(line: dict[str, Any], answer: dict[str, Any]) -> None:
    said = {event["device_ref"]: event["class"] for event in answer["events"]}
    assert {child: said[child] for child in line["expect_per_device"]} == line["expect_per_device"]


@pytest.mark.parametrize(("line", "answer"), CASES)
def test_it_says_nothing_besides(line: dict[str, Any], answer: dict[str, Any]) -> None:
    """A line says all: what comes beside the gravest is a sign of life, a child of its own, or ``expect_also``."""
    children = line.get("expect_per_device", {})
    besides = [event["class"] for event in answer["events"][1:] if event["device_ref"] not in children]
    assert [each for each in besides if each not in SIGNS_OF_LIFE] == line.get("expect_also", [])


@pytest.mark.parametrize(("line", "answer"), [case for case in CASES if "device" in case.values[0]])
def test_it_names_the_device(line: dict[str, Any], answer: dict[str, Any]) -> None:
    assert line["device"] in {event["device_ref"] for event in answer["events"]}


@pytest.mark.parametrize(("line", "answer"), [case for case in CASES if _says_why(case.values[0])])
def test_it_says_why(line: dict[str, Any], answer: dict[str, Any]) -> None:
    assert answer["events"][0]["detail"] == line["detail"]
