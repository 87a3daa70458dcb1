"""Templates of the common families show tools, calls and results; calls are read back; bombs do not go off."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmasos.drivers.template import PLAIN, ChatTemplate
from llmasos.drivers.tool_calls import ToolCall
from llmasos.errors import TemplateError
from tests.pace import allowed

# The shape of each family's public format, in our own words.
HERMES = """\
{%- set first = messages[0] -%}
<|im_start|>system
{{ first.content if first.role == 'system' else 'You are helpful.' }}
{%- if tools %}


# Tools
<tools>
{%- for tool in tools %}

{{ tool | tojson }}
{%- endfor %}

</tools>
{%- endif %}<|im_end|>
{% for m in messages %}
{% if m.role == 'tool' %}
{{ '<|im_start|>user' if loop.first or messages[loop.index0 - 1].role != 'tool' else '' }}
<tool_response>
{{ m.content }}
</tool_response>{{ '<|im_end|>\\n' if loop.last or loop.nextitem.role != 'tool' else '' }}
{%- elif m.role != 'system' or not loop.first %}
<|im_start|>{{ m.role }}
{{ m.content }}
{%- for call in m.tool_calls or [] %}
{%- set call = call.function if call.function is defined else call %}

<tool_call>
{"name": {{ call.name | tojson }}, "arguments": {{ call.arguments | tojson }}}
</tool_call>
{%- endfor %}<|im_end|>
{% endif %}
{% endfor %}
{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}
"""

LLAMA3 = """\
{{- bos_token }}
{%- macro header(role) %}<|start_header_id|>{{ role }}<|end_header_id|>{{ '\\n\\n' }}{% endmacro %}
{%- if messages[0].role == 'system' %}{% set system = messages[0].content | trim %}{% set messages = messages[1:] %}
{%- else %}{% set system = '' %}{% endif %}
{{- header('system') + 'Today Date: ' + strftime_now('%d %b %Y') + '\\n\\n' + system + '<|eot_id|>' }}
{%- for m in messages %}
{%- if m.role == 'user' and loop.first and tools is not none %}
{{- header('user') + 'Functions:\\n\\n' }}
{%- for tool in tools %}{{ tool | tojson(indent=4) + '\\n\\n' }}{% endfor %}
{{- m.content | trim + '<|eot_id|>' }}
{%- elif m.tool_calls %}
{%- if m.tool_calls | length != 1 %}{{ raise_exception('one call at a time') }}{% endif %}
{%- set call = m.tool_calls[0].function %}
{{- header('assistant') + '{"name": "' + call.name + '", "parameters": ' + (call.arguments | tojson) + '}<|eot_id|>' }}
{%- elif m.role in ('tool', 'ipython') %}
{{- header('ipython') + m.content + '<|eot_id|>' }}
{%- else %}
{{- header(m.role) + m.content | trim + '<|eot_id|>' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{ header('assistant') }}{% endif %}
"""

MISTRAL = """\
{{- bos_token }}
{%- set ns = namespace(system='') %}
{%- for m in messages %}
{%- if m.role == 'system' %}{% set ns.system = m.content + '\\n\\n' %}
{%- elif m.role == 'user' %}
{%- if tools %}{{ '[AVAILABLE_TOOLS] ' ~ (tools | tojson) ~ '[/AVAILABLE_TOOLS]' }}{% endif %}
{{- '[INST] ' ~ ns.system ~ m.content ~ '[/INST]' }}
{%- elif m.tool_calls is defined and m.tool_calls is not none %}
{{- '[TOOL_CALLS] [' }}
{%- for call in m.tool_calls %}
{%- if call.id | length != 9 %}{{ raise_exception('call ids have nine characters') }}{% endif %}
{{- '{"name": ' ~ (call.function.name | tojson) ~ ', "arguments": ' ~ (call.function.arguments | tojson) }}
{{- ', "id": "' ~ call.id ~ '"}' ~ (', ' if not loop.last else ']' ~ eos_token) }}
{%- endfor %}
{%- elif m.role == 'assistant' %}{{ ' ' ~ m.content ~ eos_token }}
{%- elif m.role == 'tool' %}
{{- '[TOOL_RESULTS] {"content": ' ~ (m.content | tojson) ~ ', "call_id": "' ~ m.tool_call_id ~ '"}[/TOOL_RESULTS]' }}
{%- endif %}
{%- endfor %}
"""

# As Gemma's: no tools, no system, strict alternation.
ALTERNATING = """\
{%- for m in messages %}
{%- if m.role == 'system' %}{{ raise_exception('no system') }}{% endif %}
{%- if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('must alternate') }}{% endif %}
{{- '<turn>' ~ ('model' if m.role == 'assistant' else 'user') ~ '\\n' ~ m.content ~ '<end>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<turn>model\\n' }}{% endif %}
"""

NANO = (Path(__file__).parents[2] / "models/nano/template.jinja").read_text()
SOURCES = {"hermes": HERMES, "llama3": LLAMA3, "mistral": MISTRAL, "nano": NANO, "alternating": ALTERNATING}
FAMILY = {"hermes": "hermes", "llama3": "llama3", "mistral": "mistral", "nano": "hermes", "alternating": "json"}
TEMPLATES = {name: ChatTemplate(source, bos="<s>", eos="</s>") for name, source in SOURCES.items()}

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "read_file",
            "description": "Read a text file.",
            "parameters": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]},
        },
    }
]

text = st.text(st.characters(exclude_categories=["Cs", "Co"]), max_size=20)
arguments = st.dictionaries(text, text | st.integers() | st.booleans() | st.none() | st.lists(text, max_size=2))
names = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)


def call(name: str, args: dict[str, Any]) -> dict[str, Any]:
    function = {"name": name, "arguments": args}
    return {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": function}]}


@pytest.mark.parametrize("name", SOURCES)
def test_the_family_is_found_by_what_the_template_writes(name: str) -> None:
    template = TEMPLATES[name]
    assert (template.family, template.supports_tools) == (FAMILY[name], name != "alternating")


@pytest.mark.parametrize("name", SOURCES)
@given(called=names, args=arguments)
@settings(max_examples=40)
def test_a_rendered_call_is_parsed_back(name: str, called: str, args: dict[str, Any]) -> None:
    template = TEMPLATES[name]
    before = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]
    prompt = template.render(before, TOOLS)
    whole = template.render([*before, call(called, args)], TOOLS, add_generation_prompt=False)
    assert whole.startswith(prompt)
    generated = whole[len(prompt) :]
    for end in ("<|im_end|>\n", "<|eot_id|>", "</s>", "<end>\n"):
        generated = generated.removesuffix(end)
    parser = template.parser()
    (piece,) = parser.feed(generated) + parser.finish()
    assert isinstance(piece, ToolCall)
    assert (piece.name, piece.arguments) == (called, args)


@pytest.mark.parametrize("name", SOURCES)
def test_tools_calls_and_results_are_all_shown(name: str) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "what does a.txt say?"},
        call("read_file", {"path": "a.txt"}),
        {"role": "tool", "content": "buy milk"},
        {"role": "assistant", "content": "It says: buy milk"},
        {"role": "user", "content": "and b.txt?"},
        call("read_file", {"path": "b.txt"}),
        {"role": "tool", "content": "error ENOENT: no such file: b.txt"},
    ]
    shown = TEMPLATES[name].render(messages, TOOLS)
    for part in ("Be brief.", "Read a text file.", "what does", "buy milk", "It says", "and b.txt?", "ENOENT"):
        assert part in shown


def test_nano_is_shown_as_its_brief_says() -> None:
    shown = TEMPLATES["nano"].render(
        [{"role": "user", "content": "hi"}, call("read_file", {"path": "ä"}), {"role": "tool", "content": "x"}], TOOLS
    )
    assert "Tools:\nread_file(path: string) - Read a text file.\n<|im_end|>\n" in shown
    assert '<tool_call>\n{"name": "read_file", "arguments": {"path": "ä"}}\n</tool_call><|im_end|>\n' in shown
    assert shown.endswith("<|im_start|>tool\nx<|im_end|>\n<|im_start|>assistant\n")


def test_a_template_without_tools_is_told_of_them_in_words() -> None:
    messages = [{"role": "user", "content": "hi"}, call("read_file", {"path": "a"}), {"role": "tool", "content": "x"}]
    shown = TEMPLATES["alternating"].render(messages, TOOLS)
    assert shown.startswith("<turn>user\nYou can use these tools:\n" + json.dumps(TOOLS[0]["function"]))
    assert '<turn>model\n{"name": "read_file", "arguments": {"path": "a"}}<end>\n<turn>user\nResult:\nx<end>' in shown


def test_a_model_without_a_template_gets_a_plain_one() -> None:
    shown = ChatTemplate(PLAIN).render([{"role": "user", "content": "hi"}])
    assert shown == "User: hi\n\nAssistant:"


def test_who_writes_bos_and_what_day_it_is() -> None:
    template = ChatTemplate(LLAMA3, bos="<s>", now=lambda: datetime(2026, 11, 23))
    assert template.writes_bos and not ChatTemplate(HERMES, bos="<s>").writes_bos
    assert "Today Date: 23 Nov 2026" in template.render([{"role": "user", "content": "hi"}])


def test_generation_marks_and_loop_controls_are_known() -> None:
    source = "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% break %}{% endfor %}"
    assert ChatTemplate(source).render([{"role": "user", "content": "hi"}]) == "hi"


X = "{% set x = 'xxxxxxxxxxxxxxxx' %}"
ROUNDS = "{% for i in range(100000) %}"
BOMBS = {
    "nested loops": ROUNDS + "{% for j in range(100000) %}{% endfor %}{% endfor %}",
    "nested loops with text": ROUNDS + "{% for j in range(100000) %}x{% endfor %}{% endfor %}",
    "recursive loop": "{% for i in range(100000) recursive %}{{ loop(range(100000)) if 1 }}{% endfor %}",
    "recursive macro": "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
    "exponential macro": "{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}{{ f(60) }}",
    "repetition": "{{ 'x' * 1000000000 }}",
    "list repetition": "{{ ([0] * 1000000000) | length }}",
    "doubling by tilde": X + "{% set x = x ~ x %}" * 40,
    "doubling by plus": X + "{% set x = x + x %}" * 40,
    "doubling by block": X + "{% set x %}{{ x }}{{ x }}{% endset %}" * 40,
    "doubling by join": X + "{% set x = [x, x] | join %}" * 40,
    "doubling by method": X + "{% set x = ''.join([x, x]) %}" * 40,
    "doubling by format": X + "{% set x = '%s%s' % (x, x) %}" * 40,
    "doubling by str.format": X + "{% set x = '{0}{0}'.format(x) %}" * 40,
    "doubling by replace": X + "{% set x = x | replace('x', 'xx') %}" * 40,
    "doubling by replace method": X + "{% set x = x.replace('x', 'xx') %}" * 40,
    "doubling by macro": "{% macro f(x) %}{{ x }}{{ x }}{% endmacro %}" + X + "{% set x = f(x) %}" * 40,
    "doubling by list": "{% set x = [1] %}" + "{% set x = [x, x] %}" * 60 + "{{ x }}",
    "doubling by dict": "{% set x = 1 %}" + "{% set x = {'a': x, 'b': x} %}" * 60 + "{{ x | tojson }}",
    "doubling by dict call": "{% set x = 1 %}" + "{% set x = dict(a=x, b=x) %}" * 60 + "{{ x == 1 }}",
    "doubling by namespace": "{% set n = namespace() %}{% set m = namespace(a=n, b=n) %}{{ m }}",
    "late namespaces": "{% set n = namespace() %}{% set x = [n, n] %}",
    "namespace in a namespace": "{% set n = namespace() %}{% set m = namespace() %}{% set n.a = m %}",
    "replace with nothing": X + "{% set y = x * 1000 %}{{ y.replace('', y) }}",
    "join by a long separator": "{{ (range(100000) | list) | join('x' * 100000) }}",
    "join of a generator": X + "{{ (x * 1000).join(range(100000) | map('string')) }}",
    "map to lists": X + "{% set y = x * 10000 %}{{ range(100000) | map('replace', '', y) | list | length }}",
    "width": "{{ '%1000000000d' % 1 }}",
    "width by argument": "{{ '%*d' % (1000000000, 1) }}",
    "str.format width": "{{ '{:1000000000}'.format(1) }}",
    "str.format nested width": "{{ '{:{}}'.format(1, 1000000000) }}",
    "power": "{{ 10 ** 1000000000 }}",
    "powers": "{% set x = 9 %}" + "{% set x = x * x %}" * 40,
    "bytes": "{{ (5).to_bytes(1000000000, 'big') }}",
    "padding": "{{ 'x'.ljust(1000000000) }}",
    "unrolled searches": "{% set x = range(100000) | list %}" + "{{ 'y' in x }}" * 9000,
    "unrolled copies": X + "{% set x = x * 50000 %}" + "{% set a = x | upper %}" * 5000,
    "unrolled slices": X + "{% set x = x * 50000 %}" + "{% set a = x[1:] %}" * 7000,
    "filter from nowhere": "{{ 'x' | center(1000000000) }}",
    "code": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "changing the messages": "{{ messages.append(1) }}",
    "include": "{% include '/etc/passwd' %}",
    "deep parentheses": "{{ " + "(" * 50000 + "1" + ")" * 50000 + " }}",
    "deep loops": "{% for a in [1] %}" * 500 + "{% endfor %}" * 500,
    "too long": "x" * 200_000,
    "half a tag": "{% if",
    "long number": "{{ " + "9" * 100_000 + " }}",
    "it refuses": "{{ raise_exception('no thanks') }}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_soon_with_one_line(name: str) -> None:
    started = time.thread_time()
    with pytest.raises(TemplateError) as caught:
        ChatTemplate(BOMBS[name])
    assert (took := time.thread_time() - started) < 2.5 or took < allowed(2.5)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


def test_long_conversations_are_no_bombs() -> None:
    messages = [{"role": ("user", "assistant")[i % 2], "content": "word " * 20_000} for i in range(40)]
    for name, template in TEMPLATES.items():
        assert len(template.render(messages)) > 4_000_000, name
