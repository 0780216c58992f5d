"""What a post that holds the demo commune knows before a list comes in."""

from __future__ import annotations

from monitor.inventory.spreadsheets.dry_run import DryRun, RowReport, dry_run
from monitor.inventory.spreadsheets.known import Known, KnownGroup
from monitor.inventory.spreadsheets.problems import Problem
from tests.monitor.inventory.spreadsheets.workbooks import COMMUNE, DATA, Table, comma_separated, rows_of

AREAS = frozenset(row[0] for row in rows_of(DATA / "areas_versioned.csv")[1:])
GROUPS = tuple(
    KnownGroup(
        id=row[0],
        name=row[1],
        area_names=("Thị trấn Đinh Văn", "Xã Đinh Văn Lâm Hà"),
        latitude=float(row[7]),
        longitude=float(row[8]),
    )
    for row in rows_of(COMMUNE / "residential_groups.csv")[1:]
)
KNOWN = Known(groups=GROUPS, area_ids=AREAS)
HEADER = ["STT", "Chủ hộ", "Địa chỉ", "SĐT", "Số mắt", "Vị trí lắp đặt", "Đồng ý cung cấp dữ liệu"]
HOUSEHOLD = ["1", "Hộ 1", "TDP Gia Thạnh", "0912345678", "1", "Ngã ba", "Có"]


def household(**changes: str) -> list[str]:
    """A row without a fault, some of its cells changed: stt, owner, address, phone, eyes, location, consent."""
    names = ("stt", "owner", "address", "phone", "eyes", "location", "consent")
    return [changes.get(name, cell) for name, cell in zip(names, HOUSEHOLD, strict=True)]


def tried(*rows: list[str], header: list[str] = HEADER, known: Known = KNOWN) -> DryRun:
    table: Table = [header, *rows]
    return dry_run(comma_separated(table), known)


def row_of(run: DryRun, number: int) -> RowReport:
    return next(row for row in run.rows if row.row == number)


def problems_of(run: DryRun) -> list[Problem]:
    return [problem for row in run.rows for problem in row.problems]
