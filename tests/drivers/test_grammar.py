"""A grammar lets through what the schema says, as json.dumps writes it; forced tokens are the tokenizer's own."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmasos.drivers.driver import Tokenizer
from llmasos.drivers.grammar import Grammar, GrammarCompiler
from llmasos.drivers.sampling import Sampling, TokenSampler
from llmasos.drivers.sim import CONTROL, Sim
from llmasos.drivers.tool_calls import FAMILIES, Parser, ToolCall
from llmasos.errors import GrammarError
from tests.pace import allowed

tokenizers = pytest.importorskip("tokenizers")


class Merged(Tokenizer):
    """A small byte-level BPE with merges inside JSON's scaffolding, and calls' markers as single tokens or not."""

    def __init__(self, markers: Sequence[str] = ("<tool_call>", "</tool_call>", "[TOOL_CALLS]")) -> None:
        bpe = tokenizers.Tokenizer(tokenizers.models.BPE())
        bpe.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
        bpe.decoder = tokenizers.decoders.ByteLevel()
        trainer = tokenizers.trainers.BpeTrainer(
            vocab_size=420,
            special_tokens=["<|im_end|>", *markers],
            initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        lines = [FAMILIES["hermes"].write(tool["function"]["name"], {"path": "a.txt"}) for tool in TOOLS] * 20
        bpe.train_from_iterator(lines, trainer)
        self.bpe = bpe
        self.vocab_size = bpe.get_vocab_size()
        self.eos_token = bpe.token_to_id("<|im_end|>")
        self.end_tokens = frozenset({self.eos_token})
        self.special = {bpe.token_to_id(text): text for text in ("<|im_end|>", *markers)}

    def encode(self, text: str, *, special: bool = False) -> list[int]:
        if special:
            return list(self.bpe.encode(text).ids)
        parts = self.bpe.pre_tokenizer.pre_tokenize_str(text)
        return [token.id for piece, _ in parts for token in self.bpe.model.tokenize(piece)]

    def decode(self, tokens: Sequence[int], *, special: bool = False) -> bytes:
        return b"".join(self.token_bytes(t) for t in tokens if special or t not in self.special)

    def token_bytes(self, token: int) -> bytes:
        if token in self.special:
            return self.special[token].encode()
        return bytes(_BYTES[c] for c in self.bpe.id_to_token(token))

    def is_control(self, token: int) -> bool:
        return bool(token == self.eos_token)


def _byte_letters() -> dict[str, int]:
    """The letters byte-level BPE writes bytes with."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in plain]
    return {chr(b): b for b in plain} | {chr(256 + i): b for i, b in enumerate(others)}


_BYTES = _byte_letters()


def tool(name: str, properties: dict[str, Any], required: Sequence[str] = ()) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    return {"type": "function", "function": {"name": name, "description": "", "parameters": parameters}}


STRING, INTEGER = {"type": "string"}, {"type": "integer"}
OPTIONAL = {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}
TOOLS = [
    tool("read_file", {"path": STRING, "max_words": OPTIONAL}, ["path"]),
    tool("write_file", {"path": STRING, "content": STRING}, ["path", "content"]),
    tool("list_files", {"path": STRING}),
    tool("calculate", {"expression": STRING}, ["expression"]),
    tool("clock", {}),
    tool("kill", {"pid": INTEGER}, ["pid"]),
    tool("turn", {"state": {"enum": ["on", "off"]}, "level": {"type": "number"}}, ["state"]),
]

PROPERTIES = {t["function"]["name"]: list(t["function"]["parameters"]["properties"]) for t in TOOLS}

MERGED, LETTERS = Merged(), Merged(markers=())
COMPILERS = {
    "merged": GrammarCompiler(MERGED),
    "letters": GrammarCompiler(LETTERS),
    "sim": GrammarCompiler(Sim().tokenizer),
}
TOKENIZERS: dict[str, Tokenizer] = {"merged": MERGED, "letters": LETTERS, "sim": Sim().tokenizer}
everywhere = pytest.mark.parametrize("where", COMPILERS)
families = pytest.mark.parametrize("family", FAMILIES)

# llguidance wants DEL escaped, json.dumps writes it raw.
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=12).filter(
    lambda t: "tool_call" not in t.lower() and not any(marker in t for marker in CONTROL)
)
calls: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(
    st.tuples(
        st.just("read_file"),
        st.fixed_dictionaries({"path": words}, optional={"max_words": st.integers(-(10**18), 10**18)}),
    ),
    st.tuples(st.just("write_file"), st.fixed_dictionaries({"path": words, "content": words})),
    st.tuples(st.just("clock"), st.just({})),
    st.tuples(st.just("kill"), st.fixed_dictionaries({"pid": st.integers(-(10**18), 10**18)})),
    st.tuples(st.just("turn"), st.fixed_dictionaries({"state": st.sampled_from(["on", "off"])})),
)


def follow(grammar: Grammar, tokens: Sequence[int]) -> int:
    """Accept tokens one by one, as a sampler would; every forced token must be the next. How many were forced."""
    at = num_forced = 0
    while at < len(tokens):
        mask = grammar.mask()
        assert mask is not None and mask[tokens[at]], f"token {at} of {tokens} is refused"
        assert grammar.accept(tokens[at])
        at += 1
        while not grammar.done and (forced := grammar.forced()):
            assert list(tokens[at : at + len(forced)]) == forced
            assert all(grammar.accept(token) for token in forced)
            at += len(forced)
            num_forced += len(forced)
    return num_forced


@everywhere
@families
@given(called=calls)
@settings(max_examples=25, deadline=None)
def test_a_canonical_call_passes_and_its_forced_tokens_are_canonical(
    where: str, family: str, called: tuple[str, dict[str, Any]]
) -> None:
    name, arguments = called
    ordered = {key: arguments[key] for key in PROPERTIES[name] if key in arguments}
    tokens = TOKENIZERS[where].encode(FAMILIES[family].write(name, ordered), special=True)
    grammar = COMPILERS[where].tools(family, TOOLS)
    assert follow(grammar, tokens) > 0
    assert grammar.done and grammar.may_end


@everywhere
@families
@pytest.mark.parametrize("required", [False, True])
def test_whatever_is_sampled_is_text_or_a_call_that_parses(where: str, family: str, required: bool) -> None:
    rng = random.Random(f"{where} {family} {required}")
    for _ in range(10):
        said = sampled(COMPILERS[where].tools(family, TOOLS, required=required), where, rng)
        parser = Parser(family)
        pieces = parser.feed(said) + parser.finish()
        calls = [piece for piece in pieces if not isinstance(piece, str)]
        assert len(calls) == 1 if required else len(calls) <= 1, said
        for call in calls:
            assert isinstance(call, ToolCall), said
            check(call)


def sampled(grammar: Grammar, where: str, rng: random.Random, limit: int = 60) -> str:
    """A random text of a grammar: noise for a while, then whatever brings it to an end."""
    tokenizer, tokens = TOKENIZERS[where], list[int]()
    close = {*b'"}]', *b"0"}
    for step in range(2000):
        if grammar.done:
            return tokenizer.decode(tokens, special=True).decode(errors="replace")
        mask = grammar.mask()
        assert mask is not None
        allowed = [int(i) for i in np.flatnonzero(mask)]
        ending = [t for t in allowed if t in tokenizer.end_tokens or tokenizer.token_bytes(t)[0] in close]
        token = rng.choice(ending if step > limit and ending else allowed)
        assert grammar.accept(token)
        if token not in tokenizer.end_tokens:
            tokens.append(token)
    raise AssertionError("the grammar does not end")


def check(call: ToolCall) -> None:
    schemas = {t["function"]["name"]: t["function"]["parameters"] for t in TOOLS}
    schema = schemas[call.name]
    assert set(schema["required"]) <= set(call.arguments) <= set(schema["properties"])
    assert list(call.arguments) == [name for name in schema["properties"] if name in call.arguments]


@everywhere
def test_free_text_may_end_and_hides_no_marker(where: str) -> None:
    tokenizer, grammar = TOKENIZERS[where], COMPILERS[where].tools("hermes", TOOLS)
    assert follow(grammar, tokenizer.encode("I cannot do that. <tools> 1 < 2")) == 0
    assert grammar.may_end and not grammar.done
    assert grammar.accept(tokenizer.eos_token) and grammar.done
    if where != "letters":
        spelled = COMPILERS[where].tools("hermes", TOOLS)
        letters = tokenizer.encode("<tool_call")
        follow(spelled, letters)
        assert not spelled.accept(tokenizer.encode(">")[0])


def test_a_refused_token_changes_nothing_and_rollback_takes_back() -> None:
    grammar = COMPILERS["sim"].json({"type": "integer"})
    assert not grammar.accept(ord("x"))
    assert grammar.accept(ord("4")) and grammar.accept(ord("2"))
    before = grammar.mask()
    assert grammar.accept(ord("7"))
    grammar.rollback(1)
    assert np.array_equal(grammar.mask(), before)  # type: ignore[arg-type]


def test_generations_do_not_disturb_each_other() -> None:
    compiler = COMPILERS["sim"]
    one, two = compiler.choice(["yes", "no"]), compiler.choice(["yes", "no"])
    assert follow(one, list(b"yes")) == 2 and one.done
    assert not two.done and follow(two, list(b"no")) == 1 and two.done


def test_json_is_as_json_dumps_writes_it() -> None:
    schema = {
        "type": "object",
        "properties": {"b": {"type": "array", "items": INTEGER}, "a": {"type": "object", "properties": {"x": STRING}}},
        "required": ["b", "a"],
    }
    value = {"b": [1, 2, 3], "a": {"x": 'q"\n\\'}}
    follow(COMPILERS["sim"].json(schema), list(json.dumps(value).encode()))
    for wrong in ('{"b":[', '{ "b"', '{"a"', '{"b": [1,2', '{"b": [1], "a": {}, ', '{"b": [1], "a": {"y"'):
        grammar = COMPILERS["sim"].json(schema)
        assert not all(grammar.accept(byte) for byte in wrong.encode()), wrong


def test_regex() -> None:
    grammar = COMPILERS["sim"].regex("[0-9]{3}/[a-z]+")
    follow(grammar, list(b"123/ab"))
    assert grammar.may_end


def test_a_sampler_over_a_grammar_makes_a_call_in_few_samples() -> None:
    grammar = COMPILERS["merged"].tools("hermes", [TOOLS[4]], required=True)
    sampler = TokenSampler(Sampling(), grammar)
    sample = sampler.sample(np.zeros(MERGED.vocab_size, np.float32))
    assert sample.grammar_done
    said = MERGED.decode([sample.token, *sample.forced], special=True).decode()
    assert said == FAMILIES["hermes"].write("clock", {})


@pytest.mark.parametrize(
    ("schema", "part"),
    [
        ({"not": {}}, '"not"'),
        ({"if": {}, "then": {}}, '"if", "then"'),
        ({"type": "strng"}, "strng"),
        ({"$ref": "#/nowhere"}, "/nowhere"),
        ({"type": "string", "pattern": "(?=a)b"}, "look-ahead"),
        ({"type": "string", "pattern": "("}, "regex"),
        ({"const": float("nan")}, "not JSON"),
        ({"const": object()}, "not JSON"),
    ],
)
def test_a_schema_that_cannot_be_compiled_says_why(schema: dict[str, Any], part: str) -> None:
    with pytest.raises(GrammarError) as caught:
        COMPILERS["sim"].json(schema)
    assert part in str(caught.value) and "\n" not in str(caught.value)
    with pytest.raises(GrammarError, match=r"^bad: "):
        COMPILERS["sim"].tools("hermes", [*TOOLS, tool("bad", {"x": schema})])


def test_hostile_schemas_end() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"properties": {"x": deep}}
    with pytest.raises(GrammarError, match="nested deeper"):
        COMPILERS["sim"].json(deep)
    with pytest.raises(GrammarError, match="characters"):
        COMPILERS["sim"].json({"enum": ["x" * 1000] * 1000})
    started = time.thread_time()
    COMPILERS["sim"].json({"type": "string", "pattern": "(((a{1000}){1000}){1000}){1000}"}).mask()
    assert (took := time.thread_time() - started) < 3 or took < allowed(3)


def test_no_tools_and_no_choices_are_refused() -> None:
    with pytest.raises(GrammarError):
        COMPILERS["sim"].tools("hermes", [])
    with pytest.raises(GrammarError):
        COMPILERS["sim"].choice([])
