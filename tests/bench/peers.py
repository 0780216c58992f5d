"""Beside others: heartbeats into Node-RED with SQLite, and over HTTP into Alerta: `python -m tests.bench.peers FOLDER`.

Both are taken as they come, from where they were installed (no part of this project):

    npm install --prefix FOLDER node-red node-red-node-sqlite && npm rebuild --prefix FOLDER sqlite3
    python3 -m venv FOLDER/alerta && FOLDER/alerta/bin/pip install alerta-server psycopg2-binary gunicorn

One that is not there is said to be missing. Ours is measured in the same run: committed, on a disk that is flushed.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from rich.console import Console

from monitor.clock import SystemClock
from monitor.demo.children import Child, Program
from monitor.demo.measured_post import BARE_ACCOUNT, BASE, HOST, Fleet, Post
from monitor.demo.measuring import fleet_names
from tests.bench.limits import Figure, judged
from tests.brokers import free_port
from tests.postgresql import Cluster

OURS, NODE_RED, CALLERS, HTTP_S = 60_000, 3_000, 8, 10.0
AT_LEAST_NODE_RED, AT_LEAST_HTTP = 20, 50
CONSOLE = Console(stderr=True, highlight=False)
_CLOCK = SystemClock()
_DONE = "every row is written"


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as made:
        post = Post(Path(made), Fleet(*fleet_names()), _CLOCK)
        try:
            post.set_up()
            post.start_broker()
            figures = list(_compared(post, folder))
        finally:
            post.children.stop()
    Console().print(judged(f"Beside others, {os.cpu_count()} cores", "", figures))
    if missed := [each.name for each in figures if not each.is_kept]:
        sys.exit(f"over their limit: {'; '.join(missed)}")


def _compared(post: Post, folder: Path) -> Iterator[Figure]:
    """They may do a twentieth and a fiftieth of ours."""
    ours = _ours_per_s(post)
    CONSOLE.print(f"· committed here: {ours:,.0f} a second")
    if (red := folder / "node_modules/node-red/red.js").exists():
        theirs = _node_red_per_s(post, red, folder)
        CONSOLE.print(f"· Node-RED into SQLite: {theirs:,.0f} a second; here {ours / theirs:,.0f} times as many")
        yield Figure("Node-RED into SQLite, % of what is committed here", 100 * theirs / ours, 100 / AT_LEAST_NODE_RED)
    else:
        CONSOLE.print(f"· no Node-RED in {folder}")
    if (gunicorn := folder / "alerta/bin/gunicorn").exists():
        theirs = _alerta_per_s(post, gunicorn)
        CONSOLE.print(f"· Alerta over HTTP: {theirs:,.0f} a second; here {ours / theirs:,.0f} times as many")
        yield Figure("Alerta over HTTP, % of what is committed here", 100 * theirs / ours, 100 / AT_LEAST_HTTP)
    else:
        CONSOLE.print(f"· no Alerta in {folder}")


def _ours_per_s(post: Post) -> float:
    with post.fresh_monitor() as monitor:
        before = post.figures().messages
        flooded = post.flood(OURS)
        post.until(monitor, lambda: post.figures().messages >= before + flooded.promised)
        return flooded.promised / (_CLOCK.monotonic_s() - flooded.started_s)


def _node_red_per_s(post: Post, red: Path, installed: Path) -> float:
    """A flow of two nodes: what comes in by MQTT with QoS 1, into a table by one INSERT each."""
    home = post.folder / "node-red"
    home.mkdir()
    table = home / "heartbeats.sqlite3"
    with closing(sqlite3.connect(table)) as store:
        store.execute("CREATE TABLE heartbeat (topic TEXT, body TEXT, received_at INTEGER)")
    port = free_port()
    (home / "flows.json").write_text(json.dumps(_flow(post, table)))
    (home / "flows_cred.json").write_text(
        json.dumps({"broker": {"user": BARE_ACCOUNT, "password": post.passwords[BARE_ACCOUNT]}})
    )
    (home / "settings.js").write_text(
        "module.exports = " + json.dumps(_node_red_settings(port, installed)) + ";\n", encoding="utf-8"
    )
    command = ["node", str(red), "--userDir", str(home), "flows.json"]
    node_red = post.children.start(Program("Node-RED", command, os.environ))
    post.until(node_red, lambda: "Connected to broker" in node_red.output.read_text())
    flooded = post.flood(NODE_RED)
    post.until(node_red, lambda: _DONE in node_red.output.read_text())  # to look into its table would hold it up
    per_s = flooded.promised / (_CLOCK.monotonic_s() - flooded.started_s)
    _end(node_red)
    assert _rows(table) == NODE_RED
    return per_s


def _node_red_settings(port: int, installed: Path) -> dict[str, object]:
    nodes = str(installed / "node_modules/node-red-node-sqlite")
    settings = {"uiHost": HOST, "uiPort": port, "nodesDir": nodes, "credentialSecret": False}
    return settings | {"telemetry": {"enabled": False, "updateNotification": False}}


def _flow(post: Post, table: Path) -> list[dict[str, object]]:
    heard = {"id": "heard", "type": "mqtt in", "z": "flow", "topic": f"{BASE}/+/+/heartbeat", "qos": "1"}
    row = {"id": "row", "type": "function", "z": "flow", "wires": [["store"]]}
    params = "{$topic: msg.topic, $body: String(msg.payload), $at: Date.now()}"
    store = {"id": "store", "type": "sqlite", "z": "flow", "mydb": "db", "sqlquery": "prepared", "wires": [["count"]]}
    counted = "const rows = (context.get('rows') || 0) + 1; context.set('rows', rows);"
    count = {"id": "count", "type": "function", "z": "flow", "wires": [], "outputs": 0}
    return [
        {"id": "flow", "type": "tab", "label": "heartbeats"},
        {"id": "broker", "type": "mqtt-broker", "broker": HOST, "port": str(post.mqtt_port), "clientid": BARE_ACCOUNT}
        | {"protocolVersion": "4", "keepalive": "60", "cleansession": True, "usetls": False, "autoConnect": True},
        {"id": "db", "type": "sqlitedb", "db": str(table), "mode": "RWC"},
        heard | {"datatype": "auto-detect", "broker": "broker", "wires": [["row"]], "inputs": 0},
        row | {"func": f"return {{params: {params}}};", "outputs": 1},
        store | {"sql": "INSERT INTO heartbeat VALUES ($topic, $body, $at)"},
        count | {"func": f"{counted} if (rows === {NODE_RED}) node.warn('{_DONE}');"},
    ]


def _rows(table: Path) -> int:
    with closing(sqlite3.connect(table)) as store:
        return int(store.execute("SELECT count(*) FROM heartbeat").fetchone()[0])


def _alerta_per_s(post: Post, gunicorn: Path) -> float:
    """Two workers on a PostgreSQL that does not even flush; eight callers that keep their connection."""
    port = free_port()
    with _database() as url:
        environ = os.environ | {"DATABASE_URL": url, "SECRET_KEY": "of the bench", "HOME": str(post.folder)}
        workers = ["--preload", "--workers", "2", "--worker-class", "gthread", "--threads", "8", "--keep-alive", "60"]
        command = [str(gunicorn), *workers, "--bind", f"{HOST}:{port}", "alerta.app:create_app()"]
        alerta = post.children.start(Program("Alerta", command, environ))
        post.until(alerta, lambda: _beat_once(port))
        counts = list[int]()
        callers = [threading.Thread(target=_call, args=(port, name, counts)) for name in range(CALLERS)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        _end(alerta)
        return sum(counts) / HTTP_S


def _end(child: Child) -> None:
    child.process.terminate()
    child.process.wait(10)


@contextmanager
def _database() -> Iterator[str]:
    cluster = Cluster()
    try:
        cluster.run("CREATE DATABASE alerta")
        yield f"postgresql:///alerta?host={cluster.folder}&user=chuong"
    finally:
        cluster.close()


def _call(port: int, name: int, counts: list[int]) -> None:
    connection, ends_s, count = HTTPConnection(HOST, port, timeout=10), _CLOCK.monotonic_s() + HTTP_S, 0
    while _CLOCK.monotonic_s() < ends_s:
        try:
            count += _beat(connection, f"CAM-{name:03}")
        except (OSError, HTTPException):
            connection.close()  # it opens itself again
    connection.close()
    counts.append(count)


def _beat_once(port: int) -> bool:
    with closing(HTTPConnection(HOST, port, timeout=5)) as connection:
        try:
            return _beat(connection, "CAM-000")
        except OSError:
            return False


def _beat(connection: HTTPConnection, origin: str) -> bool:
    body = json.dumps({"origin": origin, "timeout": 90, "tags": ["heartbeat"]})
    connection.request("POST", "/heartbeat", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status == 201


if __name__ == "__main__":
    main()
