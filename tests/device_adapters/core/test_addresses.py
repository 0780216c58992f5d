from __future__ import annotations

import pytest

from device_adapters.core.registry import adapters


@pytest.mark.parametrize(
    ("family", "typed", "spoken"),
    [
        ("chirpstack", "24E124535B316056", "24e124535b316056"),
        ("chirpstack", "24-E1-24-53-5B-31-60-56", "24e124535b316056"),
        ("chirpstack", "Chuông 1", "Chuông 1"),
        ("zigbee2mqtt", "0x00158D0007E1A2B3", "0x00158d0007e1a2b3"),
        ("zigbee2mqtt", "Tầng 1/SOS", "Tầng 1/SOS"),
        ("axis", "b8:a4:4f:00:00:07/port:0", "B8A44F000007/port:0"),
        ("axis", "Cam 1/port:0", "Cam 1/port:0"),
        ("tasmota", "Cau_RF/0x7028d2", "Cau_RF/0x7028D2"),
        ("tasmota", "0xab/Button2", "0xab/Button2"),
        ("sia_dc09", "ab12/005", "AB12/5"),
        ("sia_dc09", "l1-ab12", "L1-AB12"),
        ("onvif", " xa/Cam ", " xa/Cam "),
    ],
)
def test_it_writes_an_address_as_the_family_does(family: str, typed: str, spoken: str) -> None:
    canonical = adapters()[family].canonical
    assert canonical(typed) == canonical(canonical(typed)) == spoken
