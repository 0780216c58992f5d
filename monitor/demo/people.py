"""Who is called in the demo: its groups, their beats and boards, and people by role; every number is a sample."""

from __future__ import annotations

from datetime import datetime
from importlib import resources

from sqlalchemy import Connection, select

from monitor.inventory import seeding
from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row
from monitor.inventory.edits import Edit, core, put_all
from monitor.inventory.kinds import ContactKind, Level
from monitor.inventory.people_tables import Contact, PersonRole, contact_id

COMMUNE, NAME = "24871@2019", "Đinh Văn"
# The number that libphonenumber gives as an example for Vietnam.
SAMPLE_NUMBER = "+84912345678"
CALLED = ("area_officer", "security_team", "group_head", "commander")


def seed_people(tx: Connection, now: datetime) -> None:
    """Done again, it changes nothing."""
    by = Edit("demo", now, "tables")
    put_all(tx, Area, [area_row(COMMUNE, Level.COMMUNE, NAME)], by)
    seeding.load_groups(tx, _table("residential_groups.csv"), by)
    seeding.load_people(tx, _table("people_roles.csv"), by)
    role = core(PersonRole)
    called = tx.execute(select(role.c.person_id).where(role.c.role.in_(CALLED)).distinct().order_by(role.c.person_id))
    numbers = [
        {
            "id": contact_id("person", person_id, 1),
            "holder": "person",
            "holder_id": person_id,
            "kind": ContactKind.PHONE.value,
            "value": SAMPLE_NUMBER,
        }
        for person_id in called.scalars()
    ]
    put_all(tx, Contact, numbers, by)


def _table(name: str) -> bytes:
    return (resources.files("simulator") / "commune" / name).read_bytes()
