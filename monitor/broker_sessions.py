"""The sessions at the broker of whoever takes messages in: who signs in, and what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from device_adapters.core.contract import Session
from device_adapters.core.registry import adapters
from monitor.clock import Clock
from monitor.ingest.endpoint import Echo, Endpoint
from monitor.ingest.intake import Arrival
from monitor.ingest.mqtt import BrokerSession
from monitor.ingest.routes import Route
from monitor.settings import Settings, broker_accounts, broker_address

# Workers of one monitor share what comes: each message goes to one of them.
SHARE = "chuong"
SessionKind = Callable[[Endpoint, Sequence[Route], Echo, Callable[[Sequence[Arrival]], None], Clock], BrokerSession]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Who takes messages in.

    ``name``: of the sessions where the broker asks for no account. ``song``: what the session of that client id sends
    to itself, and ``canary``: who reads it. ``offer``: where the messages of a session go. ``figures``: topics of the
    broker's own, and who reads them. ``has_any_of``: whether the post lives by a family. ``is_shared``: a worker, one
    of several. ``kind``: what it does at the broker.
    """

    name: str
    song: Callable[[str], bytes]
    offer: Callable[[Session], Callable[[Sequence[Arrival]], None]]
    canary: str
    figures: Sequence[tuple[str, str]] = ()
    has_any_of: Callable[[str], bool] = lambda _family: True
    is_shared: bool = False
    kind: SessionKind = BrokerSession


def client_id_of(settings: Settings, name: str, session: Session) -> str:
    account = broker_accounts(settings)[session]
    others = [each.name for key, each in broker_accounts(settings).items() if key is not session]
    # The shipped broker binds the client id to the account; one account for both sessions cannot be both.
    return account.name if account.name and account.name not in others else f"{name}-{session}"


def broker_session(settings: Settings, session: Session, taker: Taker, clock: Clock) -> BrokerSession:
    account = broker_accounts(settings)[session]
    client_id = client_id_of(settings, taker.name, session)
    endpoint = Endpoint(
        *broker_address(settings),
        client_id=client_id,
        is_tls=settings.mqtt_url.startswith("mqtts:"),
        user=account.name,
        password=account.password,
        share=SHARE if taker.is_shared else "",
    )
    prefix = f"{settings.base_topics['native']}/self/"
    own = Route(f"{prefix}{client_id}", taker.canary, is_urgent=session is Session.ALARM, is_own=True)
    echo = Echo(prefix, own.topic_filter, settings.canary_every_s, lambda: taker.song(client_id), own)
    return taker.kind(endpoint, _routes(settings, session, taker), echo, taker.offer(session), clock)


def _routes(settings: Settings, session: Session, taker: Taker) -> list[Route]:
    bases = settings.base_topics
    routes = [
        Route(
            subscription.below(bases[adapter.name]),
            adapter.name,
            is_ours=subscription.session is session,
            is_urgent=session is Session.ALARM,
            is_needed=_asking(taker.has_any_of, adapter.name),
        )
        # Whoever has a base topic goes before those who speak at the root: what lies below it is his alone.
        for adapter in sorted(adapters().values(), key=lambda each: not bases[each.name])
        for subscription in adapter.subscriptions
    ]
    # Homie's and Frigate's values end in "state" too: what names its family goes before a wildcard at the root.
    routes.sort(key=lambda route: route.topic_filter.startswith("+"))
    if session is Session.STATE:  # where they may be read: the broker's own figures
        routes += [Route(topic, reader, is_needed=lambda: False, is_own=True) for topic, reader in taker.figures]
    return routes


def _asking(has_any_of: Callable[[str], bool], family: str) -> Callable[[], bool]:
    return lambda: has_any_of(family)
