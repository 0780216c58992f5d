"""``chuong``: the commands people type."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from monitor.account_commands import user_app
from monitor.app import serve as serve_monitor
from monitor.bench_command import bench_post
from monitor.console import ConfigFile, standard_input, told_plainly
from monitor.credential_commands import credentials_app
from monitor.decode import decode_lines
from monitor.demo.trial import DemoOptions, run_demo
from monitor.doctor import examine, examine_audit
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.list_commands import export_list, import_list
from monitor.settings import alarm_classes_file, load_settings, settings_file
from monitor.trust import Finding, head_from

app = typer.Typer(
    name="chuong",
    help="Tiếng Chuông: camera inventory and alarm-bell monitor.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
doctor_app = typer.Typer(invoke_without_command=True)
app.add_typer(user_app, name="user")
app.add_typer(credentials_app, name="credentials")
app.add_typer(doctor_app, name="doctor")
app.command("import")(import_list)
app.command("export")(export_list)
app.command("bench")(bench_post)


@app.command()
def serve(config: ConfigFile = None) -> None:
    """Run the monitor: take messages in, show the desk, answer the API."""
    with told_plainly():
        serve_monitor(load_settings(config), alarm_classes_file(config))


@app.command()
def demo(
    http_port: Annotated[int, typer.Option(min=1, max=65535, help="Where the desk answers.")] = 8113,
    mqtt_port: Annotated[int, typer.Option(min=1, max=65535, help="Where the demo's own broker listens.")] = 18113,
    keep: Annotated[Path | None, typer.Option(help="Keep database, logs and broker files in this folder.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the desk when a browser is there.")] = True,
    quiet_s: Annotated[float, typer.Option(help="Quiet seconds before the first hold-up.")] = 60,
) -> None:
    """Show it all on this machine: broker, monitor and a simulated commune. Ctrl-C ends everything."""
    with told_plainly():
        options = DemoOptions(
            http_port=http_port, mqtt_port=mqtt_port, keep=keep, open_browser=browser, quiet_s=quiet_s
        )
        raise typer.Exit(run_demo(options))


@app.command("check-config")
def check_config(config: ConfigFile = None) -> None:
    """Say whether the settings are right, and if not, where."""
    with told_plainly():
        load_settings(config)
        read_alarm_classes(alarm_classes_file(config))
        typer.echo(f"{settings_file(config)}: in order")


@app.command()
def decode(adapter: Annotated[str, typer.Option(help="Adapter to read with, e.g. zigbee2mqtt.")]) -> None:
    """Read captured messages (JSON lines on standard input) and say what each comes to."""
    with told_plainly():
        for line in decode_lines(adapter, standard_input()):
            typer.echo(line)


@doctor_app.callback()
def doctor(context: typer.Context, config: ConfigFile = None) -> None:
    """Look at settings, store and broker, and say what is wrong and what to do. Changes nothing."""
    if context.invoked_subcommand is None:
        with told_plainly():
            _tell(examine(load_settings(config), alarm_classes_file(config)))


@doctor_app.command("audit")
def doctor_audit(
    head: Annotated[
        str | None, typer.Option(help="A head printed earlier: is all that was there then still there?")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Work out the hash chain of the audit journal anew, and say at which row it breaks."""
    with told_plainly():
        _tell([examine_audit(load_settings(config), head_from(head) if head else None)])


def _tell(findings: Iterable[Finding]) -> None:
    told = list(findings)
    for finding in told:
        typer.echo(f"{'ok   ' if finding.is_well else 'WRONG'}  {finding.subject}: {finding.said}")
    if not all(finding.is_well for finding in told):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
