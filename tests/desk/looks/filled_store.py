"""A post that has lived for a season before the first picture: devices, people, tests, tips of earlier days."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, update

from device_adapters.core.events import AlarmKind
from monitor.inventory import seeding
from monitor.inventory.edits import core
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.accounts import Role
from monitor.journal.duties import add_duties
from monitor.journal.report_tables import TipRow
from monitor.pipeline.out_of_service import Taken
from monitor.pipeline.shelves import NewShelf
from simulator import commune
from simulator.wiring import wire
from tests.desk.inventory_post import InventoryPost
from tests.desk.test_bell_tests import tell_tests
from tests.desk.test_duties import a_duty
from tests.monitor.inventory.commune import load

TIPS = (
    ("DV-01", "citizen", "Có nhóm lạ tụ tập ở ngã ba, đi ba xe máy không biển số", None),
    ("DV-04", "zalo", "Đèn đường hẻm 85 tắt hai đêm nay", True),
    ("DV-07", "phone", "Hàng xóm nghe tiếng đập cửa lúc nửa đêm", False),
)
ACCOUNTS = {
    "ca-ngay": Role.DUTY_OFFICER,
    "ca-dem": Role.DUTY_OFFICER,
    "chi-huy": Role.COMMANDER,
    "tuan-tra-1": Role.PATROL,
    "dang-ky": Role.OPERATOR,
}
SIRENS = 5


def fill_store(folder: Path, target: Path) -> None:
    """``folder``: where it is made; ``target``: the file the monitor is started with."""
    folder.mkdir()
    post = InventoryPost(folder)
    post.fill()
    load(post.store, seeding.load_layers, "three_layer_an_khe.csv")
    tell_tests(post)
    for name, role in ACCOUNTS.items():
        post.add_user(name, role)
    for number in range(1, SIRENS + 1):
        post.add_device(f"SIREN-{number}", device_class="siren", name=f"Còi nhà văn hóa {number}")
    _speak_as_the_simulator_does(post)
    _put_aside(post)
    _tell_tips_and_duties(post)
    post.store.close()
    with closing(sqlite3.connect(folder / "post.sqlite3")) as made, closing(sqlite3.connect(target)) as kept:
        made.backup(kept)


def _speak_as_the_simulator_does(post: InventoryPost) -> None:
    """Silent bells are buttons behind its gateway."""
    with post.store.transaction() as tx:
        for button in wire(commune.load()).zigbee_buttons:
            given = {"adapter": "zigbee2mqtt", "address": button.address}
            tx.execute(update(core(Device)).where(core(Device).c.id == button.button.device_id).values(**given))


def _put_aside(post: InventoryPost) -> None:
    alarm = post.press("BELL-DV-002", AlarmKind.TAMPER)
    new = NewShelf(alarm["id"], alarm["version"], "Thợ đang thay vỏ hộp", timedelta(hours=6), "ca-ngay")
    post.set_aside.shelve(new, EVERYWHERE)
    post.set_aside.take_out(Taken("BELL-DV-004", "Đang sửa quầy giao dịch", "chi-huy"), EVERYWHERE)


def _tell_tips_and_duties(post: InventoryPost) -> None:
    now = post.clock.now()
    tips = [
        {
            "told_at": now - timedelta(hours=5 * number),
            "area_id": area,
            "source": source,
            "text": text,
            "is_valuable": rating,
            "logged_at": now - timedelta(hours=5 * number),
            "logged_by": "ca-ngay",
        }
        for number, (area, source, text, rating) in enumerate(TIPS, start=1)
    ]
    with post.store.transaction() as tx:
        tx.execute(insert(core(TipRow)), tips)
        add_duties(tx, [a_duty(post, 1, state="BY_HAND")])
