from __future__ import annotations

import pytest

from device_adapters import homie
from device_adapters.core.contract import DeviceClass
from device_adapters.core.orders import SirenSaid, SirenWord, SoundAct
from tests.device_adapters.spoken import Post

SIREN = "nha-van-hoa/coi/keu"


@pytest.mark.parametrize(("below", "wanted"), [("", "homie/"), ("5/", "homie/5/")])
def test_it_orders_a_homie_siren_in_the_version_it_speaks(below: str, wanted: str) -> None:
    post = Post(homie.ADAPTER)
    post.register(SIREN, device_class=DeviceClass.SIREN)
    post.hears(f"homie/{below}nha-van-hoa/$state", b"ready")
    assert post.orders(SoundAct.SOUND, SIREN) == (f"{wanted}{SIREN}/set", b"true")
    assert post.orders(SoundAct.STOP, SIREN) == (f"{wanted}{SIREN}/set", b"false")


@pytest.mark.parametrize("address", ["nha-van-hoa", "nha-van-hoa/coi", "nha-van-hoa/coi/keu/set"])
def test_it_orders_nothing_of_what_is_no_property(address: str) -> None:
    assert Post(homie.ADAPTER).orders(SoundAct.SOUND, address) is None


@pytest.mark.parametrize(("text", "said"), [(b"true", SirenSaid.ACKNOWLEDGED), (b"false", SirenSaid.OFF)])
def test_it_hears_what_a_homie_siren_is_set_to(text: bytes, said: SirenSaid) -> None:
    post = Post(homie.ADAPTER)
    post.register(SIREN, device_class=DeviceClass.SIREN)
    assert post.words(f"homie/5/{SIREN}", text) == [(SIREN, SirenWord(said))]
    assert post.words("homie/5/nha-van-hoa/den/sang", text) == []
