"""Renders the pages: one template each, in the reader's language and theme."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor.journal.profiles import Profile
from monitor.web.access import ALARM_ROLES, CHANNEL_ROLES, INVENTORY_ROLES, QUARANTINE_ROLES, identity_of, is_https
from monitor.web.catalogue_reader import DEFAULT_LANGUAGE, LANGUAGES, Catalogue
from monitor.web.page_words import words_of
from monitor.web.static_files import icon, packed, static

TEMPLATES = Path(__file__).parent / "templates"
THEMES = ("auto", "light", "dark")
_CHOICES = {"lang": LANGUAGES, "theme": THEMES}
_YEAR_S = 365 * 24 * 3600


class Pages:
    def __init__(self, catalogue: Catalogue, post_name: str) -> None:
        self._catalogue = catalogue
        self._post_name = post_name

    def page(self, request: Request, name: str, values: Mapping[str, Any], status: int = 200) -> Response:
        """Besides ``values`` every template has ``t(key, **values)``, ``messages``, ``lang``, ``theme``,
        ``icon(name)`` and ``static(path)``."""
        lang = chosen_language(request)
        context = {
            "t": partial(_translate, self._catalogue, lang),
            "messages": words_of(name, self._catalogue.words(lang)),
            "lang": lang,
            "theme": _chosen(request, "theme", THEMES[0]),
            **values,
        }
        response = HTMLResponse(_templates().get_template(name).render(context), status)
        packed(response, request.headers.get("accept-encoding", ""))
        remember_choices(request, response)
        return response

    def framed(self, request: Request, name: str, section: str, values: Mapping[str, Any] | None = None) -> Response:
        """A page with the top bar, for who is signed in. ``section``: the address it stands under in the navigation.

        Besides what ``page`` gives: ``user``, ``post_name``, ``section``, ``can_acknowledge``, ``can_register``,
        ``finds_strangers``, ``sees_ways`` and ``can_mend_ways``, of telling people.
        """
        identity = identity_of(request)
        user, is_everywhere = identity.user, identity.territory.is_everywhere
        frame = {
            "user": user,
            "post_name": self._post_name,
            "section": section,
            "can_acknowledge": user.role in ALARM_ROLES,
            "can_register": user.role in INVENTORY_ROLES,
            "finds_strangers": is_everywhere and user.role in QUARANTINE_ROLES,
            "sees_ways": is_everywhere and user.role in ALARM_ROLES,
            "can_mend_ways": is_everywhere and user.role in CHANNEL_ROLES,
        }
        return self.page(request, name, {**frame, **(values or {})})

    def words_for(self, request: Request) -> Callable[[str, Mapping[str, object]], str]:
        """(key, what fills its holes) → the sentence in the reader's language."""
        lang = chosen_language(request)
        return lambda key, values: self._catalogue.translate(lang, key, values)


@cache
def _templates() -> Environment:
    """One for all: it keeps what it has compiled."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    templates.globals.update(icon=icon, static=static)
    return templates


def _translate(catalogue: Catalogue, lang: str, key: str, /, **values: object) -> str:
    return catalogue.translate(lang, key, values)


def chosen_language(request: Request) -> str:
    return _chosen(request, "lang", DEFAULT_LANGUAGE)


def _chosen(request: Request, name: str, default: str) -> str:
    for source in (request.query_params, request.cookies):
        if (value := source.get(name)) in _CHOICES[name]:
            return str(value)
    return default


def choices_in(values: Mapping[str, str]) -> dict[str, str]:
    return {name: values[name] for name, allowed in _CHOICES.items() if values.get(name) in allowed}


def remember_profile(response: Response, profile: Profile, *, is_secure: bool) -> None:
    """What the account likes, where the pages and their scripts look for it."""
    liked = {"lang": profile.language, "theme": profile.theme, "letters": "off" if profile.letters_off else "on"}
    for name, value in liked.items():
        if value is not None:
            response.set_cookie(name, value, max_age=_YEAR_S, path="/", secure=is_secure, samesite="lax")


def remember_choices(request: Request, response: Response) -> None:
    """``?lang=en`` or ``?theme=dark`` in an address is kept. Scripts may read these cookies: they are no secret."""
    for name, value in choices_in(request.query_params).items():
        response.set_cookie(name, value, max_age=_YEAR_S, path="/", secure=is_https(request), samesite="lax")
