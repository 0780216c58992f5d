"""Bots, webhook, mail and the text to copy, against servers that behave like the real ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from monitor.machines.delivery import Outcome
from monitor.notify.apprise_way import AppriseChannel
from monitor.notify.channel_settings import AppriseWay, Bot, Mail, Webhook
from monitor.notify.copy_text import CopyTextChannel
from monitor.notify.mail import MailChannel
from monitor.notify.telegram import telegram
from monitor.notify.webhook import WebhookChannel
from monitor.notify.zalo_bot import zalo_bot
from tests.fake_mail import FakeMail
from tests.fake_services import FakeService
from tests.fake_zalo import BOT_TOKEN, FakeZalo
from tests.monitor.notify.conftest import a_message


@pytest.fixture
def bot(zalo: FakeZalo) -> Bot:
    return Bot(kind="telegram", url=zalo.url, token=SecretStr(BOT_TOKEN), timeout_s=0.5)


def test_it_tells_by_a_bot(zalo: FakeZalo, bot: Bot) -> None:
    for channel in (telegram(bot), zalo_bot(bot)):
        assert channel.send(a_message("42")).outcome is Outcome.DELIVERED
        assert channel.check().outcome is Outcome.DELIVERED
    assert [recipient for recipient, _text in zalo.seen] == ["42", "42"]


def test_it_cuts_a_text_where_the_bot_platform_ends(zalo: FakeZalo, bot: Bot) -> None:
    zalo_bot(bot).send(a_message("42", text="x" * 5000))
    assert len(zalo.seen[0][1]) == 2000


def test_it_waits_as_long_as_the_bot_platform_asks(zalo: FakeZalo, bot: Bot) -> None:
    zalo.rate_limit_after = 0
    answer = telegram(bot).send(a_message("42"))
    assert (answer.outcome, answer.retry_after_s) == (Outcome.RETRY, 7)


def test_it_gives_up_a_chat_that_is_gone(bot: Bot) -> None:
    assert telegram(bot).send(a_message("gone")).outcome is Outcome.PERMANENT


def test_it_never_says_the_token_of_a_bot(zalo: FakeZalo, bot: Bot) -> None:
    zalo.slow_s = 2.0
    answers = [telegram(bot).send(a_message("42"))]
    gone = Bot(kind="telegram", url="http://127.0.0.1:9", token=SecretStr(BOT_TOKEN), timeout_s=0.5)
    answers.append(telegram(gone).send(a_message("42")))
    assert [answer.outcome for answer in answers] == [Outcome.UNKNOWN, Outcome.RETRY]
    assert not any(BOT_TOKEN in answer.said for answer in answers)


@pytest.fixture
def hook(service: FakeService) -> WebhookChannel:
    return WebhookChannel(Webhook(kind="webhook", url=service.url, token=SecretStr("t-1"), timeout_s=0.5))


def test_it_speaks_as_alertmanager_does(service: FakeService, hook: WebhookChannel) -> None:
    assert hook.send(a_message("post-1")).outcome is Outcome.DELIVERED
    (asked,) = service.asked
    assert (asked.method, asked.path, asked.headers["authorization"]) == ("POST", "/post-1", "Bearer t-1")
    body = asked.json
    assert set(body) == {
        "version", "groupKey", "truncatedAlerts", "status", "receiver", "groupLabels", "commonLabels",
        "commonAnnotations", "externalURL", "alerts",
    }  # fmt: skip
    (alert,) = body["alerts"]
    assert (body["version"], body["status"], alert["status"]) == ("4", "firing", "firing")
    assert alert["labels"] == {
        "alertname": "hold_up",
        "code": "BD-260314-0001",
        "priority": "1",
        "device_id": "BELL-1",
        "device_name": "Chuông 1",
        "place": "Quỹ tín dụng",
        "group_id": "DV-04",
    }
    assert alert["startsAt"] == "2026-03-14T11:52:00.000Z"


def test_it_gives_each_try_the_same_fingerprint(service: FakeService, hook: WebhookChannel) -> None:
    hook.send(a_message())
    hook.send(a_message(is_repeat=True))
    first, second = (asked.json["alerts"][0] for asked in service.asked)
    assert first["fingerprint"] == second["fingerprint"]
    assert (first["annotations"]["is_repeat"], second["annotations"]["is_repeat"]) == ("false", "true")


def test_it_looks_for_the_webhook_without_raising_an_alarm_there(service: FakeService, hook: WebhookChannel) -> None:
    assert hook.check().outcome is Outcome.DELIVERED
    assert [asked.method for asked in service.asked] == ["HEAD"]
    service.html_502 = True
    assert hook.check().outcome is Outcome.UNKNOWN


@pytest.fixture
def apprise(service: FakeService) -> AppriseChannel:
    url = service.url.replace("http://", "json://") + "/{to}?rto=0.5&cto=0.5"
    return AppriseChannel(AppriseWay(kind="apprise", url=SecretStr(url)))


def test_it_tells_whom_apprise_can_tell(service: FakeService, apprise: AppriseChannel) -> None:
    assert apprise.check().outcome is Outcome.DELIVERED
    assert apprise.send(a_message("post 1/2")).outcome is Outcome.DELIVERED
    (asked,) = service.asked
    assert (asked.path, asked.json["title"]) == ("/post%201%2F2", a_message().text.partition("\n")[0])


def test_it_takes_no_failure_of_apprise_for_a_message_that_did_not_arrive(
    service: FakeService, apprise: AppriseChannel
) -> None:
    service.html_502 = True
    assert apprise.send(a_message()).outcome is Outcome.UNKNOWN


def test_it_asks_somebody_about_an_address_apprise_cannot_read() -> None:
    wrong = AppriseChannel(AppriseWay(kind="apprise", url=SecretStr("nothing://s3cret")))
    assert (wrong.send(a_message()).outcome, wrong.check().outcome) == (Outcome.OPERATOR, Outcome.OPERATOR)
    assert "s3cret" not in wrong.send(a_message()).said


@pytest.fixture
def server() -> Iterator[FakeMail]:
    with FakeMail() as server:
        yield server


@pytest.fixture
def mail(server: FakeMail) -> MailChannel:
    sender = "chuong@mail.example"
    return MailChannel(
        Mail(kind="smtp", host="127.0.0.1", port=server.port, encryption="none", sender=sender, timeout_s=1)
    )


def test_it_writes_a_mail_that_a_mailbox_can_tell_from_its_copy(server: FakeMail, mail: MailChannel) -> None:
    assert mail.send(a_message("commander@mail.example")).outcome is Outcome.DELIVERED
    assert mail.send(a_message("commander@mail.example")).outcome is Outcome.DELIVERED
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"] == "<duty-1@mail.example>"
    assert first["Subject"] == "BD-260314-0001 BÁO ĐỘNG CƯỚP"
    assert "BÁO ĐỘNG CƯỚP" in first.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert mail.check().outcome is Outcome.DELIVERED


@pytest.mark.parametrize(("code", "outcome"), [(450, Outcome.RETRY), (550, Outcome.PERMANENT)])
def test_it_knows_a_mailbox_that_is_full_from_one_that_is_not_there(
    server: FakeMail, mail: MailChannel, code: int, outcome: Outcome
) -> None:
    server.refuse_with = code
    assert mail.send(a_message("commander@mail.example")).outcome is outcome


def test_it_sends_a_mail_again_whose_receipt_never_came(server: FakeMail, mail: MailChannel) -> None:
    server.is_mute = True
    assert mail.send(a_message("commander@mail.example")).outcome is Outcome.UNKNOWN
    assert len(server.mails) == 1


def test_it_leaves_a_text_to_be_copied_to_a_person() -> None:
    assert CopyTextChannel().send(a_message("Nhóm")).outcome is Outcome.BY_HAND
