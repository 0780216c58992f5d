"""Every refusal has one shape: ``{"error": code, "message": sentence}``; a page where a person is looking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from monitor.errors import OutsideTerritory, Refusal, StoreUnavailable, TooBusy, UnknownRecord
from monitor.web.access import path_of
from monitor.web.headers import SECURITY_HEADERS
from monitor.web.pages import Pages

_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    422: "invalid_request",
}
_LOG = structlog.get_logger(__name__)


def failure(request: Request, status: int, code: str, message: str, **more: Any) -> Response:
    if _is_page(request):
        pages: Pages = request.app.state.pages
        return pages.page(request, "error.html", {"status": status, "code": code, "message": message}, status)
    return JSONResponse({"error": code, "message": message, **more}, status)


def _is_page(request: Request) -> bool:
    is_data = path_of(request).startswith(("/api/", "/metrics", "/healthz", "/readyz", "/static/"))
    return not is_data and "text/html" in request.headers.get("accept", "")


def install(app: FastAPI) -> None:
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(UnknownRecord, _unknown)
    app.add_exception_handler(OutsideTerritory, _outside)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(TooBusy, _busy)
    app.add_exception_handler(StoreUnavailable, _store)
    app.add_exception_handler(Exception, _broken)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  it is registered for nothing else
    code = _CODES.get(error.status_code, "error")
    phrase = HTTPStatus(error.status_code).phrase
    message = _SENTENCES.get(error.status_code, phrase) if error.detail == phrase else error.detail
    response = failure(request, error.status_code, code, message)
    response.headers.update(error.headers or {})
    return response


_SENTENCES = {
    404: "there is nothing at this address",
    405: "this address does not take that method",
    413: "the request is larger than this server takes",
}


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    fields = [{"field": _field(problem["loc"]), "message": _sentence(problem)} for problem in error.errors()]
    message = "; ".join(f"{field['field']}: {field['message']}" for field in fields)
    return failure(request, 422, "invalid_request", message, fields=fields)


def _field(location: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in location[1:]) or str(location[0])


def _sentence(problem: Mapping[str, Any]) -> str:
    """Pydantic's own words are for programmers; the common ones are said more plainly."""
    kind, details = problem["type"], problem.get("ctx", {})
    plain = {
        "missing": "is needed",
        "extra_forbidden": "is not a field of this request",
        "json_invalid": "is not valid JSON",
        "timezone_aware": "needs a time zone, as in 2026-11-22T07:31:22Z",
    }
    if kind == "string_pattern_mismatch":
        return f"must match {details.get('pattern')}"
    text = str(problem["msg"]).removeprefix("Value error, ")
    return plain.get(kind, text[:1].lower() + text[1:])


async def _unknown(request: Request, error: Exception) -> Response:
    return failure(request, 404, "not_found", str(error))


async def _outside(request: Request, error: Exception) -> Response:
    return failure(request, 403, "outside_territory", str(error))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101
    return failure(request, 409, error.code, error.reason)


async def _busy(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooBusy)  # noqa: S101
    response = failure(request, 429, "too_busy", error.reason)
    response.headers["Retry-After"] = str(error.retry_after_s)
    return response


async def _store(request: Request, error: Exception) -> Response:
    _LOG.warning("a request met a store that is not available", reason=str(error))
    response = failure(request, 503, "store_unavailable", "the store cannot do this now; try again in a moment")
    response.headers["Retry-After"] = "1"
    return response


async def _broken(request: Request, _error: Exception) -> Response:
    # The framework answers this one outside all middleware, so the headers are put on here; it also logs it.
    response = failure(request, 500, "internal", "something went wrong here; it has been written to the log")
    response.headers.update(SECURITY_HEADERS)
    return response
