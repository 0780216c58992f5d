"""The words the inventory counts by: levels, kinds of places, who pays, who keeps, where a device is in its life."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """Levels of the area tree, from the top. Districts ended on 30 June 2025 and live on in old records."""

    COUNTRY = "country"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    RESIDENTIAL_GROUP = "residential_group"


class Succession(StrEnum):
    """How one area became another."""

    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    MERGE_AND_SPLIT = "merge_and_split"


class LocationKind(StrEnum):
    """What a camera's site is."""

    T_JUNCTION = "t_junction"
    CROSSROADS = "crossroads"
    ACCIDENT_SPOT = "accident_spot"
    DISORDER_SPOT = "disorder_spot"
    ALLEY = "alley"
    MARKET = "market"
    SCHOOL = "school"
    WELCOME_GATE = "welcome_gate"
    HIGH_MAST = "high_mast"
    OTHER = "other"


class EstablishmentKind(StrEnum):
    """A protected place with a bell."""

    BANK = "bank"
    TREASURY = "treasury"
    CREDIT_FUND = "credit_fund"
    GOLD_SHOP = "gold_shop"
    FUEL_STATION = "fuel_station"
    BUSINESS = "business"
    HOUSEHOLD_CLUSTER = "household_cluster"
    OTHER = "other"


class Funding(StrEnum):
    COMMUNITY = "community"
    HOUSEHOLD = "household"
    BUSINESS = "business"
    COMMUNE_BUDGET = "commune_budget"
    DISTRICT_BUDGET = "district_budget"
    PROVINCE_BUDGET = "province_budget"
    OTHER = "other"


class OwnerKind(StrEnum):
    GROUP_BOARD = "group_board"
    HOUSEHOLD = "household"
    BUSINESS = "business"
    COMMUNE = "commune"
    DISTRICT = "district"
    PROVINCE = "province"


class CustodianKind(StrEnum):
    """Who keeps a device and its footage."""

    GROUP_BOARD = "group_board"
    POLICE = "police"
    HOUSEHOLD = "household"  # keeps its own
    OTHER = "other"


class Lifecycle(StrEnum):
    PLANNED = "PLANNED"
    ACTIVE = "ACTIVE"
    MAINTENANCE = "MAINTENANCE"
    RETIRED = "RETIRED"


class Conformity(StrEnum):
    """QCVN 135:2024/BTTTT, the security rule for network cameras."""

    CONFORMS = "conforms"
    FAILS = "fails"
    UNKNOWN = "unknown"


class Consent(StrEnum):
    """The owner's consent to hand footage over."""

    GIVEN = "given"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class WatchMethod(StrEnum):
    """How a camera eye is watched; ``MANUAL`` is looked at by a person, and sends nothing."""

    ONVIF = "onvif"
    MQTT_AGENT = "mqtt-agent"
    HTTP_PULL = "http-pull"
    MANUAL = "manual"


class ContactKind(StrEnum):
    PHONE = "phone"
    ZALO = "zalo"
    EMAIL = "email"


class Qualifier(StrEnum):
    """How exactly a declared figure was meant."""

    EXACT = "exact"
    ABOUT = "about"
    OVER = "over"
