"""``/api/docs``: the interface as a page of our own, made from the OpenAPI document; nothing comes from outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from monitor.web.pages import Pages


def docs_router(pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/api/openapi.json")
    def document(request: Request) -> Response:
        return JSONResponse(request.app.openapi())

    @router.get("/api/docs")
    def docs(request: Request) -> Response:
        described = request.app.openapi()
        values = {
            "title": described["info"]["title"],
            "version": described["info"]["version"],
            "operations": list(operations(described)),
            "schemas": list(schemas(described)),
        }
        return pages.page(request, "api_docs.html", values)

    return router


def operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """method, path, summary, description, parameters, body, answers of every operation, in order of path."""
    for path, methods in sorted(document["paths"].items()):
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {})
            yield {
                "method": method.upper(),
                "path": path,
                "summary": operation.get("summary", ""),
                "description": operation.get("description", ""),
                "parameters": [_parameter(parameter) for parameter in operation.get("parameters", [])],
                "body": _body_type(body),
                "answers": [
                    {
                        "status": status,
                        "description": answer["description"],
                        "type": _body_type(answer.get("content", {})),
                    }
                    for status, answer in operation["responses"].items()
                ],
            }


def schemas(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """name, description, fields of every shape, in order of name; a list of words as its only field."""
    for name, schema in sorted(document.get("components", {}).get("schemas", {}).items()):
        needed = schema.get("required", [])
        fields = [
            {
                "name": field,
                "type": type_of(described),
                "is_required": field in needed,
                "description": described.get("description", ""),
            }
            for field, described in schema.get("properties", {}).items()
        ]
        yield {
            "name": name,
            "description": schema.get("description", ""),
            "fields": fields,
            "values": schema.get("enum", []),
        }


def _parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "type": type_of(parameter["schema"]),
        "is_required": parameter.get("required", False),
        "description": parameter.get("description", ""),
    }


def _body_type(content: Mapping[str, Any]) -> str:
    return next((type_of(kind.get("schema", {})) for kind in content.values()), "")


def type_of(schema: Mapping[str, Any]) -> str:
    """A JSON schema in a few words: ``Alarm``, ``list of Alarm``, ``string (date-time) or null``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(type_of(one) for one in schema[several])
    if "const" in schema or "enum" in schema:
        return " | ".join(str(value) for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    kind = str(schema.get("type", "any"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind
