"""The words: the same keys and holes in both languages, and every key that is used is there."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import AlarmKind, EventClass
from device_adapters.core.registry import adapters
from monitor.inventory.edits import core
from monitor.inventory.imports.bins import Bin
from monitor.inventory.kinds import Consent, EstablishmentKind, Level, Lifecycle, LocationKind, WatchMethod
from monitor.inventory.near_devices import SerialMatch
from monitor.inventory.spreadsheets.cells import Why
from monitor.inventory.spreadsheets.columns import Kind
from monitor.inventory.spreadsheets.problems import Code
from monitor.inventory.spreadsheets.table import SkippedAs
from monitor.inventory.tables import Device
from monitor.journal.accounts import Role
from monitor.journal.device_search import Facet
from monitor.machines import drill
from monitor.machines.bell_test import Ending, Result
from monitor.machines.delivery import DutyState
from monitor.machines.duty_screen import SoundState
from monitor.machines.incident import HIGHEST_VERIFICATION, Disposition, Stage
from monitor.machines.liveness import DeviceState
from monitor.machines.own_fault import Cause
from monitor.machines.siren import SirenState
from monitor.reports.bell_calendar import Status
from monitor.reports.open_questions import About
from monitor.reports.strips import StripOf
from monitor.web import catalogue_reader
from monitor.web.catalogue_reader import LANGUAGES, Catalogue
from monitor.web.device_facts import SHEETS, UNSEEN, WHAT
from monitor.web.incident_schemas import CallResult
from monitor.web.inventory_pages import BULK_TEXTS, BULK_WORDS
from monitor.web.reported import TipSource
from monitor.web.schemas import AlarmState

_DEVICE = core(Device)
WEB = Path(catalogue_reader.__file__).parent
CATALOGUE = Catalogue()
HOLE = re.compile(r"\{(\w+)\}")
# "key" inside t(…), and keys that stand in a list or a choice beside it.
LITERAL = re.compile(r"""["']([a-z]+(?:\.[a-z_0-9]+)+)["']""")
# t("family.%s" % x) in a template, t(`family.${x}`) in a module.
FAMILY = re.compile(r"""["'`]((?:[a-z_]+\.)+)(?:%s|\$\{)""")
NO_WORD = re.compile(r"\.(js|css|html|svg)$|^chuong\.")
FAMILIES = {
    "enrol.": tuple(adapters()),
    "shift.open.": ("alarms", "incidents", "aside", "untold", "down", "tests", "tips", "drills"),
    "shift.entry.": (
        "sound_heard",
        "sound_not_heard",
        "taken",
        "note",
        "handed_over",
        "taken_back",
        "relieved",
        "given_back",
        "goes_on",
    ),
    "shift.heard.": ("yes", "no"),
    "shift.refused.": (
        "not_read_back",
        "not_handed_over",
        "not_heard",
        "on_duty",
        "not_yours",
        "handed_over",
        "too_late",
        "over",
    ),
    "roster.role.": ("duty_officer", "second_officer", "commander", "technician"),
    "roster.problem.": ("columns", "day", "hour", "role", "area", "way"),
    "roster.refused.": ("role", "way", "order", "no_area", "no_person"),
    "alarm.kind.": AlarmKind,
    "alarm.state.": AlarmState,
    "area.level.": Level,
    "detail.": ("silent", "disconnected", "reported_down", "never_seen", "left_by_outage", "shelf", "out_of_service"),
    "bell.ended.": Ending,
    "bell.ending.": Ending,
    "bell.refused.": ("ringing", "on_test"),
    "bell.result.": Result,
    "bell.status.": (*Status, "all"),
    "details.": ("transitions", "receipts", "events"),
    "device.class.": (*DeviceClass, "mast"),
    "device.edit.": (*WHAT, "other"),
    "device.sheet.": (*SHEETS, "label"),
    "device.standing.": ("valid", "revoked", "retired", "outdated", "none"),
    "device.state.": DeviceState,
    "device.step.": ("ACTIVE", "MAINTENANCE", "RETIRED"),
    "devices.column.": ("device", "place", "state", "seen", "battery"),
    "devices.kind.": ("all", "trouble", "camera", "mast", "bell", "other"),
    "duty.acted.": ("done", "again"),
    "duty.only.": ("all", "by_hand", "dead", "waiting", "sent"),
    "duty.state.": set(DutyState) - {DutyState.BY_HAND},
    "duty.way.": (
        "apprise",
        "copy_text",
        "siren",
        "smtp",
        "telegram",
        "webhook",
        "zalo_bot",
        "zalo_group",
        "zalo_user",
        "zns",
    ),
    "error.": (400, 403, 404, 405, 413, 422, 429, 500, 503, "other"),
    "event.": EventClass,
    "fault.cause.": Cause,
    "fault.todo.": Cause,
    "field.": (set(_DEVICE.columns.keys()) - UNSEEN) | {*BULK_WORDS, *BULK_TEXTS},
    "import.bin.": Bin,
    "import.how.": ("read", "ask", "write", "undo"),
    "import.kind.": Kind,
    "import.needs.": Kind,
    "import.note.": (*Bin, "eyes"),
    "import.state.": ("draft", "committed", "undone"),
    "incident.call.": CallResult,
    "incident.disposition.": Disposition,
    "needs.kind.": (
        "alarms",
        "faults",
        "late",
        "incidents",
        "shift_free",
        "shift_handing",
        "untold",
        "shelves",
        "tests",
        "tips",
        "strangers",
    ),
    "profile.": ("language", "theme"),
    "tour.ring.": ("1", "2", "3", "s"),
    "alarm.cry.": ("hold_up", "panic", "duress", "fire", "medical", "intrusion"),
    "alarm.escalated.": ("second_officer", "commander"),
    "cause.": ("feeder", "provider"),
    "incident.entry.": (
        "opened",
        "alarm_joined",
        "drill_over",
        "rang_again",
        "acknowledged",
        "verifying",
        "dispatched",
        "en_route",
        "on_scene",
        "taken_back",
        "assessed",
        "closed",
        "merged",
        "took_in",
        "unmerged",
        "let_go",
        "note",
        "call",
        "plan_step",
        "layer_told",
        "layer_late",
        "layer_answered",
        "layer_cancelled",
        "tip",
        "siren_asked",
        "siren_sounded",
        "siren_stopped",
    ),
    "incident.level.": range(HIGHEST_VERIFICATION + 1),
    "incident.role.": ("area_officer", "security_team", "group_head", "commander", "establishment"),
    "incident.stage.": Stage,
    "incident.step.": set(Stage) - {Stage.MERGED},
    "inventory.column.": ("id", "name", "group", "keeper", "last_seen", "state"),
    "inventory.facet.": Facet,
    "inventory.test.": ("overdue", "on_time"),
    "layers.entry.": ("layer_told", "layer_late"),
    "layers.ring.": (3, 2, 1),
    "shelf.refused.": ("never_shelved", "too_long", "hidden", "out_of_service", "over"),
    "shelved.ending.": ("expired", "taken_off", "out"),
    "shelved.none.": ("shelves", "out", "chattering", "stale", "ended"),
    "shelved.part.": ("shelves", "out", "chattering", "stale", "ended"),
    "outage.cause.": ("feeder", "provider", "gateway", "recorder", "group", "area"),
    "outage.suggests.": ("feeder", "provider", "gateway", "recorder", "group", "area"),
    "past.cell.": "whdmb",
    "past.down.": ("never", "times", "merged"),
    "past.now.": StripOf,
    "past.of.": StripOf,
    "priority.": (1, 2, 3, 4, "s", "t", "dt"),
    "question.": About,
    "queue.empty.": ("alarms", "unacknowledged", "faults", "shelved"),
    "queue.tab.": ("alarms", "unacknowledged", "faults", "shelved"),
    "ready.": ("camera", "mast", "bell", "other"),
    "receipt.": ("shown", "sounded"),
    "register.consent.": Consent,
    "register.establishment.": EstablishmentKind,
    "register.kind.": ("camera", "mast", "bell", "gong"),
    "register.location.": LocationKind,
    "register.missing.": ("name", "group"),
    "register.serial_match.": SerialMatch,
    "register.state.": ("draft", "later", "waiting", "refused"),
    "register.wind.": ("n", "ne", "e", "se", "s", "sw", "w", "nw"),
    "role.": Role,
    "word.": tuple(f"{field}.{word}" for field, words in BULK_WORDS.items() for word in words),
    "word.lifecycle.": Lifecycle,
    "word.watch_method.": WatchMethod,
    "siren.refused.": ("too_long", "nothing_to_sound", "two_persons", "over"),
    "siren.state.": SirenState,
    "system.column.": ("screen", "visible", "sound", "shown", "sounded", "tested"),
    "system.part.": ("broker", "store", "queue", "adapters", "duties", "disk", "time"),
    "system.screen.": ("desk", "wall", "page"),
    "system.sound.": SoundState,
    "tip.source.": TipSource,
    "patrol.": ("coming", "there", "backup"),
    "patrol.said.": ("coming", "there", "backup"),
    "drill.ending.": drill.Ending,
    "drill.goal.": drill.Goal,
    "drill.met.": ("yes", "no", "none"),
    "drill.refused.": (
        "malformed",
        "too_many",
        "no_press",
        "unknown_device",
        "too_long",
        "drill_running",
        "other",
    ),
    "users.column.": ("name", "role", "scope", "used", "acts"),
    "users.may.": Role,
    "users.note.": ("revoke", "close"),
    "users.title.": ("role", "password", "revoke", "close"),
    "audit.column.": ("number", "when", "who", "what", "values"),
}

# What a list can be told of; the server puts these into words.
OF_LISTS = (*Code, *Why, *SkippedAs, *(f"import.bin.{each}" for each in Bin), "import.sheet.problems")


def sources() -> str:
    files = chain((WEB / "templates").rglob("*.html"), (WEB / "static" / "js").glob("*.js"))
    return "\n".join(file.read_text("utf-8") for file in files)


def test_it_has_the_same_keys_in_every_language() -> None:
    vietnamese, english = (set(CATALOGUE.words(language)) for language in LANGUAGES)
    assert vietnamese == english


def test_it_has_the_same_holes_in_every_language() -> None:
    for key, text in CATALOGUE.words("vi").items():
        assert set(HOLE.findall(text)) == set(HOLE.findall(CATALOGUE.words("en")[key])), key


def test_it_has_a_text_for_every_key_that_is_used() -> None:
    used = {key for key in LITERAL.findall(sources()) if not NO_WORD.search(key)}
    assert used - set(CATALOGUE.words("vi")) == set()


def test_it_knows_every_family_of_keys_that_is_used() -> None:
    assert set(FAMILY.findall(sources())) <= set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_it_has_a_text_for_every_word_of_a_family(family: str) -> None:
    for word in FAMILIES[family]:
        assert f"{family}{word}" in CATALOGUE.words("vi")


@pytest.mark.parametrize("key", OF_LISTS)
def test_it_has_a_text_for_everything_a_list_can_be_told_of(key: str) -> None:
    assert str(key) in CATALOGUE.words("vi")


def test_it_has_no_text_that_nobody_uses() -> None:
    used = set(LITERAL.findall(sources()))
    families = {f"{family}{word}" for family, words in FAMILIES.items() for word in words}
    by_the_server = ("reason.", "actor.", "detail.")
    used |= {str(key) for key in OF_LISTS}
    unused = {key for key in CATALOGUE.words("vi") if key not in used | families and not key.startswith(by_the_server)}
    assert unused == set()
