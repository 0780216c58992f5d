"""What is exported comes in again, and changes nothing."""

from __future__ import annotations

from monitor.inventory.edits import Edit, put
from monitor.inventory.imports.exporting import COLUMNS, Format, export
from monitor.inventory.spreadsheets.columns import Kind
from monitor.inventory.spreadsheets.dry_run import Status
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE, territory_of
from monitor.journal.database import Store
from tests.monitor.inventory.imports.lists import NOW, bring, commit, dump, look


def exported(store: Store, kind: Kind, form: Format, scope: str | None = None) -> tuple[bytes, int]:
    with store.read() as connection:
        within = territory_of(connection, scope) if scope else EVERYWHERE
        return export(connection, kind, within, form)


def test_it_changes_nothing_when_it_comes_in_again(full: Store) -> None:
    before = dump(full)
    for kind in COLUMNS:
        for form in Format:
            content, count = exported(full, kind, form)
            batch_id = bring(full, content)
            run = look(full, batch_id)[1].run
            counts = run.counts
            assert run.kind is kind
            assert (counts.same, counts.new, counts.changed) == (count, 0, 0), (kind, form)
            assert {row.status for row in run.rows} == {Status.VALID}
            commit(full, batch_id)
    assert dump(full) == before


def test_it_exports_every_kind_whole(full: Store) -> None:
    counts = {kind: exported(full, kind, Format.CSV)[1] for kind in COLUMNS}
    assert (counts[Kind.GROUPS], counts[Kind.CAMERAS], counts[Kind.BELLS]) == (21, 158, 21)


def test_it_exports_only_what_lies_in_the_territory(full: Store) -> None:
    content, count = exported(full, Kind.CAMERAS, Format.CSV, "DV-02")
    assert count == 8
    assert {line.split(",")[3] for line in content.decode().splitlines()[1:]} == {"DV-02"}


def test_it_writes_no_formula_and_reads_its_text_again(full: Store) -> None:
    with full.transaction() as tx:
        put(tx, Device, {"id": "CAM-DV-0001", "note": "=1+1"}, Edit("clerk", NOW, "form"))
    content, count = exported(full, Kind.CAMERAS, Format.CSV)
    assert b",'=1+1" in content
    assert look(full, bring(full, content))[1].run.counts.same == count
