"""The page /docs: every operation, its parameters, an example and how it can fail.

Made on the server from the OpenAPI document, with no script and nothing from another host, so
that it works on a machine without internet.
"""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .5rem 1rem; }
summary { cursor: pointer; } summary code { font-weight: 600; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .5rem; text-align: left; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: 6px; }
"""
METHODS = ("get", "post", "put", "patch", "delete")


def docs_page(document: Mapping[str, Any]) -> str:
    """Return the page for an OpenAPI document, as HTML."""
    title = escape(document["info"]["title"])
    intro = escape(document["info"].get("description", ""))
    body = "".join(_section(tag, rows) for tag, rows in _by_tag(document).items())
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f'<body><h1>{title}</h1><p>{intro}</p><p><a href="openapi.json">openapi.json</a></p>'
        f"{body}</body></html>"
    )


def _by_tag(document: Mapping[str, Any]) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                tag = item[method].get("tags", ["API"])[0]
                tags.setdefault(tag, []).append(_operation(method, path, item[method]))
    return tags


def _section(tag: str, operations: list[str]) -> str:
    return f"<h2>{escape(tag)}</h2>{''.join(operations)}"


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    return (
        f"<details><summary><code>{method.upper()} {escape(path)}</code> "
        f"{escape(operation.get('summary', ''))}</summary>"
        f"<p>{escape(operation.get('description', ''))}</p>"
        f"{_parameters(operation)}<pre>{escape(_curl(method, path, operation))}</pre>"
        f"{_responses(operation)}</details>"
    )


def _parameters(operation: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(p['name'])}</code></td><td>{escape(p['in'])}</td>"
        f"<td>{'✓' if p.get('required') else ''}</td>"
        f"<td>{escape(p.get('description', ''))}</td></tr>"
        for p in operation.get("parameters", [])
    )
    head = "<tr><th>Name 名称</th><th>In 位置</th><th>Needed 必填</th><th>Meaning 含义</th></tr>"
    return f"<table>{head}{rows}</table>" if rows else ""


def _responses(operation: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{escape(status)}</td><td>{escape(response.get('description', ''))}</td></tr>"
        for status, response in operation["responses"].items()
    )
    return f"<table><tr><th>Status 状态</th><th>Meaning 含义</th></tr>{rows}</table>"


def _curl(method: str, path: str, operation: Mapping[str, Any]) -> str:
    parts = ["curl", f"-X {method.upper()}", '-H "Authorization: Bearer $KEY"']
    for example in _examples(operation):
        written = json.dumps(example, ensure_ascii=False, indent=2).replace("'", "'\\''")
        parts += ['-H "Content-Type: application/json"', f"-d '{written}'"]
        break
    return " ".join([*parts, f"http://127.0.0.1:8000{path}"])


def _examples(operation: Mapping[str, Any]) -> Iterator[object]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    for example in content.get("examples", {}).values():
        yield example["value"]
    if "example" in content:
        yield content["example"]
