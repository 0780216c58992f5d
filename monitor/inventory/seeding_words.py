"""What people write for the inventory's words, folded: ``nga ba`` is a T-junction."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from monitor.inventory.folding import fold
from monitor.inventory.kinds import Conformity, CustodianKind, EstablishmentKind, Funding, LocationKind, OwnerKind

T = TypeVar("T")

LOCATIONS: Mapping[str, LocationKind] = MappingProxyType(
    {
        "nga ba": LocationKind.T_JUNCTION,
        "nga tu": LocationKind.CROSSROADS,
        "diem hay xay ra tngt": LocationKind.ACCIDENT_SPOT,
        "diem hay tngt": LocationKind.ACCIDENT_SPOT,
        "diem phuc tap antt": LocationKind.DISORDER_SPOT,
        "hem": LocationKind.ALLEY,
        "cho": LocationKind.MARKET,
        "truong hoc": LocationKind.SCHOOL,
        "cong chao": LocationKind.WELCOME_GATE,
        "tru cao": LocationKind.HIGH_MAST,
    }
)
ESTABLISHMENTS: Mapping[str, EstablishmentKind] = MappingProxyType(
    {
        "ngan hang": EstablishmentKind.BANK,
        "kho bac": EstablishmentKind.TREASURY,
        "quy tin dung": EstablishmentKind.CREDIT_FUND,
        "tiem vang": EstablishmentKind.GOLD_SHOP,
        "cua hang xang dau": EstablishmentKind.FUEL_STATION,
        "doanh nghiep": EstablishmentKind.BUSINESS,
        "ho lien gia": EstablishmentKind.HOUSEHOLD_CLUSTER,
        "lien gia": EstablishmentKind.HOUSEHOLD_CLUSTER,
    }
)
FUNDINGS: Mapping[str, Funding] = MappingProxyType(
    {
        "xa hoi hoa": Funding.COMMUNITY,
        "ho gia dinh": Funding.HOUSEHOLD,
        "doanh nghiep": Funding.BUSINESS,
        "ngan sach xa": Funding.COMMUNE_BUDGET,
        "ngan sach phuong": Funding.COMMUNE_BUDGET,
        "ngan sach huyen": Funding.DISTRICT_BUDGET,
        "ngan sach tinh": Funding.PROVINCE_BUDGET,
    }
)
CONFORMITIES: Mapping[str, Conformity] = MappingProxyType(
    {"dat": Conformity.CONFORMS, "khong dat": Conformity.FAILS, "chua ro": Conformity.UNKNOWN}
)
CUSTODIANS: Mapping[str, CustodianKind] = MappingProxyType(
    {"ban dieu hanh": CustodianKind.GROUP_BOARD, "cong an": CustodianKind.POLICE}
)
# Lists name who paid, not who owns: until somebody says otherwise, that is the same.
OWNERS: Mapping[Funding, OwnerKind] = MappingProxyType(
    {
        Funding.COMMUNITY: OwnerKind.GROUP_BOARD,
        Funding.HOUSEHOLD: OwnerKind.HOUSEHOLD,
        Funding.BUSINESS: OwnerKind.BUSINESS,
        Funding.COMMUNE_BUDGET: OwnerKind.COMMUNE,
        Funding.DISTRICT_BUDGET: OwnerKind.DISTRICT,
        Funding.PROVINCE_BUDGET: OwnerKind.PROVINCE,
    }
)


def meaning(words: Mapping[str, T], text: str) -> T | None:
    """By the longest of the words the text begins with, marks or none."""
    folded = fold(text)
    fitting = [word for word in words if folded == word or folded.startswith(f"{word} ")]
    return words[max(fitting, key=len)] if fitting else None
