"""``chuong``: the commands people type."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from monitor.console import ConfigFile, standard_input, told_plainly
from monitor.settings import (
    alarm_classes_file,
    discipline_file,
    layers_file,
    load_settings,
    plan_files,
    settings_file,
)

if TYPE_CHECKING:
    from monitor.trust import Finding

# Verbs with a file of their own: what they are made of is not loaded for any other, which would take seconds.
VERBS = {
    "user": ("monitor.account_commands", "user_app"),
    "credentials": ("monitor.credential_commands", "credentials_app"),
    "import": ("monitor.list_commands", "import_list"),
    "export": ("monitor.list_commands", "export_list"),
    "drill": ("monitor.drill_command", "drill_app"),
    "bench": ("monitor.bench_command", "bench_post"),
    "scenario": ("monitor.scenario_command", "scenario_app"),
    "probe": ("monitor.probe_command", "run_probe"),
}


class Verbs(TyperGroup):
    """The commands, each loaded when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *VERBS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in VERBS:
            return super().get_command(ctx, cmd_name)
        module, name = VERBS[cmd_name]
        verb, alone = getattr(import_module(module), name), typer.Typer()
        if isinstance(verb, typer.Typer):
            alone.add_typer(verb, name=cmd_name)
        else:
            alone.command(cmd_name)(verb)
        return get_group(alone).commands[cmd_name]


app = typer.Typer(
    name="chuong",
    cls=Verbs,
    help="Tiếng Chuông: camera inventory and alarm-bell monitor.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
doctor_app = typer.Typer(invoke_without_command=True)
app.add_typer(doctor_app, name="doctor")


@app.command()
def serve(config: ConfigFile = None) -> None:
    """Run the monitor: take messages in, show the desk, answer the API."""
    from monitor.notify.plan import read_plan, with_layers
    from monitor.serve import serve as serve_monitor

    with told_plainly():
        classes_file = alarm_classes_file(config)
        files = plan_files(config)
        telling = with_layers(read_plan(*files), layers_file(files[1]))
        serve_monitor(load_settings(config), classes_file, telling)


@app.command()
def ingest(
    name: Annotated[str, typer.Argument(help="This worker's name: another for each, and always the same.")],
    is_retired: Annotated[
        bool, typer.Option("--retire", help="Take in what still waits for it, end its share, and be missed no more.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Take messages in for the monitor that leads: one of several workers that share what comes. Needs PostgreSQL."""
    from monitor import ingest_worker

    with told_plainly():
        if not is_retired:
            ingest_worker.ingest(load_settings(config), name)
        elif not ingest_worker.retire(load_settings(config), name):
            raise typer.Exit(1)


@app.command()
def web(config: ConfigFile = None) -> None:
    """Serve screens for the monitor that leads: one of several processes that carry its live feed. Needs PostgreSQL."""
    from monitor import web_process

    with told_plainly():
        web_process.serve_screens(load_settings(config))


@app.command()
def demo(
    http_port: Annotated[int, typer.Option(min=1, max=65535, help="Where the desk answers.")] = 8113,
    mqtt_port: Annotated[int, typer.Option(min=1, max=65535, help="Where the demo's own broker listens.")] = 18113,
    keep: Annotated[Path | None, typer.Option(help="Keep database, logs and broker files in this folder.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the desk when a browser is there.")] = True,
    quiet_s: Annotated[float, typer.Option(help="Quiet seconds before the first hold-up.")] = 60,
) -> None:
    """Show it all on this machine: broker, monitor and a simulated commune. Ctrl-C ends everything."""
    from monitor.demo.trial import DemoOptions, run_demo

    with told_plainly():
        options = DemoOptions(
            http_port=http_port, mqtt_port=mqtt_port, keep=keep, open_browser=browser, quiet_s=quiet_s
        )
        raise typer.Exit(run_demo(options))


@app.command("check-config")
def check_config(config: ConfigFile = None) -> None:
    """Say whether the settings are right, and if not, where."""
    from monitor.inventory.alarm_classes import read_alarm_classes
    from monitor.notify.plan import read_plan, with_layers
    from monitor.panel_settings import panel_accounts
    from monitor.pipeline.discipline_rules import read_discipline

    with told_plainly():
        panel_accounts(load_settings(config).dc09_accounts)
        read_alarm_classes(alarm_classes_file(config))
        files = plan_files(config)
        with_layers(read_plan(*files), layers_file(files[1]))
        read_discipline(discipline_file(alarm_classes_file(config)))
        typer.echo(f"{settings_file(config)}: in order")


@app.command()
def decode(adapter: Annotated[str, typer.Option(help="Adapter to read with, e.g. zigbee2mqtt.")]) -> None:
    """Read captured messages (JSON lines on standard input) and say what each comes to."""
    from monitor.decode import decode_lines

    with told_plainly():
        for line in decode_lines(adapter, standard_input()):
            typer.echo(line)


@doctor_app.callback()
def doctor(context: typer.Context, config: ConfigFile = None) -> None:
    """Look at settings, store and broker, and say what is wrong and what to do. Changes nothing."""
    from monitor.doctor import examine

    if context.invoked_subcommand is None:
        with told_plainly():
            _tell(examine(load_settings(config), alarm_classes_file(config), plan_files(config)))


@doctor_app.command("audit")
def doctor_audit(
    head: Annotated[
        str | None, typer.Option(help="A head printed earlier: is all that was there then still there?")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Work out the hash chain of the audit journal anew, and say at which row it breaks."""
    from monitor.store_findings import examine_audit
    from monitor.trust import head_from

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
