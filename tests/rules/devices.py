"""The tables in ``docs/devices.md``, made of the registry and of the captures.

.venv/bin/python -m tests.rules.devices        puts them there
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from device_adapters.core.contract import Adapter, Session
from device_adapters.core.events import EventClass
from device_adapters.core.registry import adapters
from tests.device_adapters.corpus import captures
from tests.rules.source import ROOT, text_of, tree_of

PAGE = "docs/devices.md"
BEGIN, END = "<!-- table: python -m tests.rules.devices -->\n", "<!-- end of table -->"
# In the order in which an officer cares.
TOLD = [each for each in EventClass if each is not EventClass.IGNORE]
# How a source begins that is neither a vendor's page nor the code of the device.
PROOFS = {"captured": "captured", "invented": "made up", "from": "from memory", "this": "our own contract"}


def page_with_table() -> str:
    head, _, rest = text_of(PAGE).partition(BEGIN)
    return head + BEGIN + table() + END + rest.partition(END)[2]


def table() -> str:
    families = "".join(f"{row}\n" for adapter in adapters().values() for row in _family(adapter))
    topics = "".join(f"{row}\n" for adapter in adapters().values() for row in _topics(adapter))
    return (
        "| family | what it is | tells | sounds a siren | verified by | silent for, until OFFLINE |\n"
        f"|---|---|---|---|---|---|\n{families}\n"
        f"| family | base topic | heard as calls for help may come | heard beside them |\n|---|---|---|---|\n{topics}"
    )


def _family(adapter: Adapter) -> Iterator[str]:
    lines = [line for _, lines in captures(adapter.name) for line in lines]
    said = {line["expect"] for line in lines}
    told = ", ".join(each.replace("_", " ") for each in TOLD if each in said)
    silence = ", ".join(f"{name} {_length(each.deadline_s)}" for name, each in adapter.supervision.items())
    sounds = "yes" if adapter.encode else "–"
    silence = silence or "as in the settings"
    yield f"| `{adapter.name}` | {_title(adapter)} | {told} | {sounds} | {_proof(lines)} | {silence} |"


def _proof(lines: list[dict[str, str]]) -> str:
    """Where each line of the corpus is taken from; a message off a real device says "captured"."""
    kinds = Counter(PROOFS.get(line["source"].split()[0].strip(":"), "source or vendor page") for line in lines)
    return ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())


def _length(seconds: float) -> str:
    return f"{seconds / 3600:.0f} h" if seconds >= 7200 else f"{seconds / 60:.0f} min"


def _topics(adapter: Adapter) -> Iterator[str]:
    heard = {
        session: ", ".join(
            f"`{each.below(adapter.default_base)}`" for each in adapter.subscriptions if each.session is session
        )
        for session in Session
    }
    if adapter.port is not None:
        yield f"| `{adapter.name}` | none: a port of the monitor's own, `{adapter.port}` | TCP and UDP | – |"
        return
    base = f"`{adapter.default_base}`" if adapter.default_base else "the broker's root"
    yield f"| `{adapter.name}` | {base} | {heard[Session.ALARM] or '–'} | {heard[Session.STATE] or '–'} |"


def _title(adapter: Adapter) -> str:
    docstring = ast.get_docstring(tree_of(Path(f"device_adapters/{adapter.name}.py"))) or ""
    return " ".join(docstring.split("\n\n")[0].split()).replace("``", "`").removeprefix(f"`{adapter.name}`: ")


if __name__ == "__main__":
    (ROOT / PAGE).write_text(page_with_table(), encoding="utf-8")
