"""The import contracts hold, and each of them breaks when somebody breaks it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.source import PACKAGES, ROOT, contracts

# contract, file, what is imported there
VIOLATIONS = [
    ("the flow", "monitor/inventory/drafts.py", "monitor.journal.tables"),
    ("the flow", "monitor/journal/tables.py", "monitor.machines.alarm"),
    ("the flow", "monitor/pipeline/flow.py", "monitor.web.api"),
    ("the flow", "monitor/ingest/intake.py", "monitor.pipeline.flow"),
    ("the flow", "monitor/clock.py", "monitor.settings"),
    ("only app.py knows the wire", "monitor/web/api.py", "monitor.ingest.mqtt"),
    ("adapters stand on nothing of ours", "device_adapters/native.py", "monitor.errors"),
    ("adapters stand on nothing of ours", "device_adapters/core/times.py", "simulator.clock"),
    ("adapters are pure", "device_adapters/native.py", "time"),
    ("adapters are pure", "device_adapters/core/bodies.py", "logging"),
    ("adapters do not know each other", "device_adapters/native.py", "device_adapters.zigbee2mqtt"),
    ("machines are pure", "monitor/machines/alarm.py", "monitor.journal.times"),
    ("machines are pure", "monitor/machines/liveness.py", "sqlalchemy"),
    ("the simulator only speaks over the wire", "simulator/world.py", "monitor.errors"),
    ("the simulator only speaks over the wire", "simulator/world.py", "device_adapters.core.events"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def verdicts(report: str) -> dict[str, str]:
    return dict(re.findall(r"^(.+?) (KEPT|BROKEN)(?: .*)?$", report, re.MULTILINE))


@pytest.fixture(scope="module")
def report_of_violations(tmp_path_factory) -> str:
    copy = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in PACKAGES:
        skipped = shutil.ignore_patterns("__pycache__", "static", "templates")
        shutil.copytree(ROOT / package, copy / package, ignore=skipped)
    for _contract, file, imported in VIOLATIONS:
        with (copy / file).open("a") as source:
            source.write(f"\nimport {imported}\n")
    (copy / "monitor" / "stray").mkdir()
    (copy / "monitor" / "stray" / "__init__.py").touch()
    return lint(copy).stdout


def test_it_keeps_every_contract():
    done = lint(ROOT)
    assert set(verdicts(done.stdout).values()) == {"KEPT"}, done.stdout
    assert done.returncode == 0


def test_it_tries_to_break_every_contract():
    assert {contract for contract, _file, _imported in VIOLATIONS} == set(contracts())


def test_it_breaks_every_contract_when_violated(report_of_violations):
    assert verdicts(report_of_violations) == dict.fromkeys(contracts(), "BROKEN")


@pytest.mark.parametrize(("contract", "file", "imported"), VIOLATIONS)
def test_it_names_the_import_that_breaks_it(report_of_violations, contract, file, imported):
    importer = file.removesuffix(".py").replace("/", ".")
    parts = report_of_violations.split("\nBroken contracts\n")[1]
    section = re.split(rf"\n{re.escape(contract)}\n-+\n", parts)[1].split("\n-----")[0]
    assert re.search(rf"{re.escape(importer)}\s+->\s+{re.escape(imported)}\b", section)


def test_it_refuses_a_folder_outside_the_flow(report_of_violations):
    assert "monitor.stray" in report_of_violations
