"""Mail: one text a message, under an id that is the same for each try, so that a mailbox can tell copies."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from monitor.machines.delivery import Answer, Outcome
from monitor.notify.channel_settings import Mail
from monitor.notify.exchange import said
from monitor.notify.message import Message


class MailChannel:
    kind = "smtp"

    def __init__(self, settings: Mail) -> None:
        self._settings = settings

    def send(self, message: Message) -> Answer:
        is_given_over = False
        try:
            with self._session() as server:
                is_given_over = True
                server.send_message(self._mail(message))
        except (smtplib.SMTPException, OSError) as error:
            return _meaning(error, is_given_over=is_given_over)
        return Answer(Outcome.DELIVERED, "ok")

    def check(self) -> Answer:
        try:
            with self._session() as server:
                server.noop()
        except (smtplib.SMTPException, OSError) as error:
            return _meaning(error, is_given_over=False)
        return Answer(Outcome.DELIVERED, "ok")

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        settings = self._settings
        if settings.encryption == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout_s, context=context
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_s)
        with server:
            if settings.encryption == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.user and settings.password:
                server.login(settings.user, settings.password.get_secret_value())
            yield server

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self._settings.sender, message.address
        mail["Subject"] = f"{message.code} {message.text.partition(chr(10))[0]}"
        mail["Message-ID"] = f"<{message.tracking_id}@{self._settings.sender.rpartition('@')[2] or 'localhost'}>"
        mail.set_content(message.text)
        return mail


def _meaning(error: Exception, *, is_given_over: bool) -> Answer:
    """A code of four hundred and more is for now, of five hundred and more for ever; without one nothing is known."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in error.recipients.values()]
        is_for_now = all(400 <= code < 500 for code in codes)
        return Answer(Outcome.RETRY if is_for_now else Outcome.PERMANENT, said("refused", *codes), "refused")
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 400:
        is_for_now = error.smtp_code < 500
        return Answer(Outcome.RETRY if is_for_now else Outcome.OPERATOR, said("refused", error.smtp_code), "refused")
    outcome = Outcome.UNKNOWN if is_given_over else Outcome.RETRY
    return Answer(outcome, f"no answer: {type(error).__name__}", "unanswered")
