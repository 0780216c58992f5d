from __future__ import annotations

import json

import pytest

from device_adapters.core.ha_templates import UNREADABLE, value_by

BODY = json.dumps({"sos": True, "off": False, "word": "Pressed", "in": [{"sos": 1}], "n": "2"}).encode()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ value_json.sos }}", True),
        ("{{ value_json['in'][0].sos }}", 1),
        ("{{ value_json.in[1].sos }}", None),
        ("{{ value_json.sos | int }}", 1),
        ("{{ value_json.n|int(0) }}", 2),
        ("{{ value_json.word | lower }}", "pressed"),
        ("{{ value_json.sos | string | upper }}", "TRUE"),
        ("{{ value_json.n | bool }}", None),
        ("{{ value_json.gone | default('OFF') }}", "OFF"),
        ("{{ 'ON' if value_json.sos else 'OFF' }}", "ON"),
        ("{{ 'ON' if value_json.off else 'OFF' }}", "OFF"),
        ("{{ 'ON' if not value_json.off else 'OFF' }}", "ON"),
        ("{{ 'ON' if value_json.gone else 'OFF' }}", None),
        ('{{ "1" if value_json.word == "Pressed" else "0" }}', "1"),
        ("{{ 'ON' if value_json.word | lower != 'pressed' else 'OFF' }}", "OFF"),
        ("{{ 'ON' if (value_json.in[0].sos|int) == 1 else 'OFF' }}", "ON"),
        ("{% if value_json.sos %}ON{% else %}OFF{% endif %}", "ON"),
        ("{%- if value_json.sos == false -%} ON {%- else -%} OFF {%- endif -%}", "OFF"),
    ],
)
def test_it_reads_what_a_template_says(text: str, value: object) -> None:
    assert value_by(text, BODY) == value


def test_it_reads_a_bare_value() -> None:
    assert value_by("{{ value | upper }}", b" pressed ") == "PRESSED"


@pytest.mark.parametrize(
    "text",
    ["ON", "{{ value_json.n * 2 }}", "{{ value_json.n > 1 }}", "{{ value_json.n | regex_replace('a','b') }}",
     "{{ 'ON' if value_json.sos and value_json.off else 'OFF' }}", "{{ now() }}", "{{ value_json.sos }} {{ value }}"],
)  # fmt: skip
def test_it_does_not_guess_what_a_template_calculates(text: str) -> None:
    assert value_by(text, BODY) is UNREADABLE
