"""The Zalo account of the small post: none, unless a test sets one up."""

from __future__ import annotations

from monitor.notify.zalo_authorise import ZaloAuthorisation
from monitor.notify.zalo_hook import ZaloHook


class ZaloAsked:
    authorisation: ZaloAuthorisation | None = None
    hook: ZaloHook | None = None

    def zalo(self) -> ZaloAuthorisation | None:
        return self.authorisation

    def zalo_hook(self) -> ZaloHook | None:
        return self.hook
