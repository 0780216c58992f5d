"""Keys in the store: sealed, taken over where they lay open, and of no use without the file that opens them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.journal.channel_tokens import TokenPair, keep_token_pair, token_pair
from monitor.machines.delivery import Outcome
from monitor.notify.key_safe import CannotOpen, KeySafe, is_bare, key_file_of
from monitor.notify.zalo_account import ZaloAccount
from monitor.notify.zalo_keys import ACCOUNT, ZaloKeys
from tests.fake_zalo import FakeZalo
from tests.fakes import FakeClock
from tests.monitor.notify.conftest import StoreDesk, account_of

STORES = ("sqlite",)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "zalo.key"


def opened(zalo: FakeZalo, desk: StoreDesk, clock: FakeClock, file: Path | None) -> ZaloAccount:
    settings = account_of(zalo)
    return ZaloAccount(settings, ZaloKeys(settings, desk, clock, KeySafe(file) if file else None))


def stored(desk: StoreDesk) -> TokenPair:
    with desk.read() as connection:
        pair = token_pair(connection, ACCOUNT)
    assert pair is not None
    return pair


def test_it_seals_what_lay_open_and_goes_on_with_it(
    zalo: FakeZalo, desk: StoreDesk, clock: FakeClock, file: Path
) -> None:
    assert opened(zalo, desk, clock, None).check().outcome is Outcome.DELIVERED
    assert stored(desk).access_token == "access-1"
    assert opened(zalo, desk, clock, file).check().outcome is Outcome.DELIVERED
    sealed = stored(desk)
    assert not is_bare(sealed)
    assert "access-1" not in f"{sealed.access_token}{sealed.refresh_token}{sealed.previous_refresh}"
    assert file.stat().st_mode & 0o777 == 0o600
    zalo.expire_now()
    assert opened(zalo, desk, clock, file).check().outcome is Outcome.DELIVERED
    assert (zalo.refreshes, is_bare(stored(desk))) == (2, False)


def test_it_asks_for_a_person_where_the_key_is_another_one_and_spends_nothing(
    zalo: FakeZalo, desk: StoreDesk, clock: FakeClock, file: Path
) -> None:
    opened(zalo, desk, clock, file).check()
    right = file.read_bytes()
    file.write_bytes(bytes(32))
    answer = opened(zalo, desk, clock, file).check()
    assert (answer.outcome, answer.said) == (
        Outcome.OPERATOR,
        f"zalo.token: the stored keys cannot be opened with {file}",
    )
    file.write_bytes(b"short")
    assert opened(zalo, desk, clock, file).check().outcome is Outcome.OPERATOR
    file.write_bytes(right)
    assert opened(zalo, desk, clock, file).check().outcome is Outcome.DELIVERED
    assert zalo.refreshes == 1


def test_it_opens_nothing_in_the_place_of_something_else(desk: StoreDesk, clock: FakeClock, file: Path) -> None:
    now, safe = clock.now(), KeySafe(file)
    pair = TokenPair(access_token="a", refresh_token="b", taken_at=now, expires_at=now, seed_digest="")
    sealed = safe.sealed(ACCOUNT, pair)
    assert safe.opened(ACCOUNT, sealed) == pair
    for moved in (replace(sealed, access_token=sealed.refresh_token), replace(sealed, refresh_token="gcm1:AAAA")):
        with pytest.raises(CannotOpen):
            safe.opened(ACCOUNT, moved)
    with pytest.raises(CannotOpen):
        safe.opened("another", sealed)
    desk.write(lambda tx: keep_token_pair(tx, ACCOUNT, sealed))
    assert stored(desk) == sealed


def test_it_lies_beside_the_store() -> None:
    assert key_file_of(None, "sqlite:////var/lib/chuong/post.sqlite3") == Path("/var/lib/chuong/zalo.key")
    assert key_file_of(None, "postgresql+psycopg://u:p@h/d") == Path("data/zalo.key")
    assert key_file_of(Path("/etc/k"), "sqlite:///x") == Path("/etc/k")
