"""The trainer on a recipe of a few steps: it learns, goes on after a stop, and exports what llama.cpp computes too."""

from __future__ import annotations

import itertools
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy
import pytest

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
torch = pytest.importorskip("torch")
pytest.importorskip("tokenizers")
pytest.importorskip("gguf")
llama_cpp = pytest.importorskip("llama_cpp")

from llmasos.apps import train  # noqa: E402
from llmasos.apps.training import recipe as recipes  # noqa: E402
from llmasos.apps.training.card import Card  # noqa: E402
from llmasos.apps.training.curve import draw  # noqa: E402
from llmasos.apps.training.data import Batch, Position, Stream  # noqa: E402
from llmasos.apps.training.export import export  # noqa: E402
from llmasos.apps.training.loop import Trainer  # noqa: E402
from llmasos.apps.training.model import Llama, Shape  # noqa: E402
from llmasos.apps.training.runs import runs  # noqa: E402
from llmasos.apps.training.team import Team  # noqa: E402
from llmasos.apps.training.text import FOLDER, Marks, Template, weights_of  # noqa: E402
from llmasos.drivers import llama_native  # noqa: E402
from llmasos.errors import ConfigError  # noqa: E402

TINY = """
[data]
seed = 5
shard_dialogues = 24
drill_shards = 1
drill_share = 0.2
match_shards = 1
match_share = 0.3
match_rest = 0.1
lengths = [512, 1024, 2048]
long_share = 0.1
prompt_weight = 0.05
choice_weight = 2.0
[tokenizer]
dialogues = 200
num_merges = 200
num_spaced = 40
[model]
width = 64
layers = 2
heads = 2
ffn = 96
window_tokens = 2048
rope_theta = 100000.0
[optimiser]
muon_rate = 0.02
embed_rate = 0.02
norm_rate = 0.02
weight_decay = 0.02
momentum = 0.95
clip_norm = 1.0
[schedule]
tokens = 1000000
batch_tokens = 2048
warmup_tokens = 2048
decay_share = 0.25
checkpoint_s = 1000
[output]
folder = "out"
name = "tiny"
"""

TEXTS = [
    "what does docs/a-b_c.txt say?",
    ' naïve  Straße\n\n\t"quoted", it\'s {"a": [1, 23]}}',
    "👍🏽 日本語 ελληνικά \u00a0 ‘’ 12 345.67e-8",
    "<|im_start|>user\nx<|im_end|>\n<tool_call>\n{}\n</tool_call>",
]

TOOL = {
    "type": "function",
    "function": {
        "name": "set_light",
        "description": "Turn a light on or off.",
        "parameters": {
            "type": "object",
            "properties": {
                "room": {"type": "string"},
                "level": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                "mode": {"enum": ["on", "off"]},
                "at": {"type": ["string", "null"]},
            },
            "required": ["room", "mode"],
        },
    },
}


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> recipes.Recipe:
    file = tmp_path_factory.mktemp("recipe") / "recipe.toml"
    file.write_text(TINY)
    return recipes.load(file)


@pytest.fixture(scope="module")
def trained(recipe: recipes.Recipe, tmp_path_factory: pytest.TempPathFactory) -> Trainer:
    """Twelve steps without a stop."""
    return _run(recipe, tmp_path_factory.mktemp("whole"), 12)


def _run(recipe: recipes.Recipe, folder: Path, steps: int) -> Trainer:
    vocabulary = train.make_tokenizer(recipe, folder / "tokenizer.json")
    trainer = Trainer(recipe, folder, vocabulary.get_vocab_size(), fast=False)
    trainer.load()
    trainer.run(lambda step: None, makers=0, max_steps=steps)
    return trainer


def test_loss_falls(trained: Trainer) -> None:
    losses = [row[2] for row in trained.log.rows()]
    assert len(losses) == 12
    assert losses[-1] < losses[0] - 0.5


def test_stopped_run_goes_on_to_the_same_weights(recipe: recipes.Recipe, trained: Trainer, tmp_path: Path) -> None:
    _run(recipe, tmp_path, 5)
    resumed = _run(recipe, tmp_path, 7)
    assert [row[0] for row in resumed.log.rows()] == list(range(1, 13))
    for (name, one), other in zip(trained.model.state_dict().items(), resumed.model.state_dict().values(), strict=True):
        assert torch.equal(one, other), name


def test_same_data_makes_the_same_tokenizer(recipe: recipes.Recipe, trained: Trainer, tmp_path: Path) -> None:
    train.make_tokenizer(recipe, tmp_path / "tokenizer.json")
    assert (tmp_path / "tokenizer.json").read_bytes() == (trained.folder / "tokenizer.json").read_bytes()


def test_copied_words_have_the_same_tokens_everywhere(trained: Trainer) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(trained.folder / "tokenizer.json"))
    for word in ("quorbim", "todo", "inbox", "Zelda", "7390", "señor"):
        alone = tokenizer.encode(word).tokens
        assert tokenizer.encode(f' "{word}"').tokens == ['Ġ"', *alone, '"']
        assert tokenizer.encode(f"\n{word}.").tokens == ["Ċ", *alone, "."]
        assert tokenizer.encode(f"x {word}").tokens == ["x", "Ġ", *alone]


def test_llama_cpp_tokenizes_and_computes_as_we_do(
    trained: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tokenizers import Tokenizer

    params = llama_native.model_params()  # its own defaults crash on some machines
    monkeypatch.setattr(llama_cpp.llama_cpp, "llama_model_default_params", lambda: params)
    f16, q8 = export(trained.model, trained.folder / "tokenizer.json", tmp_path, "tiny")
    tokenizer = Tokenizer.from_file(str(trained.folder / "tokenizer.json"))
    for file, tolerance in ((f16, 0.02), (q8, 0.3)):
        llama = llama_cpp.Llama(str(file), n_ctx=512, n_threads=1, logits_all=True, verbose=False)
        assert llama.metadata["general.name"] == "tiny"
        assert llama.metadata["tokenizer.chat_template"] == Template().source
        for text in TEXTS:
            ids = tokenizer.encode(text).ids
            assert llama.tokenize(text.encode(), add_bos=False, special=True) == ids
            assert tokenizer.decode(ids, skip_special_tokens=False) == text
        ids = tokenizer.encode(Template().render([{"role": "user", "content": TEXTS[0]}], [TOOL], True)).ids
        llama.eval(ids)
        with torch.no_grad():
            ours = trained.model.logits(trained.model(torch.tensor([ids])))[0].numpy()
        assert numpy.abs(numpy.array(llama.scores[: len(ids)]) - ours).max() < tolerance
        llama.close()


def test_an_untrained_model_copies() -> None:
    """Tokens seen before, and what followed them: chance is one in 1,000, and self-prediction is the rest."""
    torch.manual_seed(0)
    model = Llama(Shape(vocab=1000, width=192, layers=2, heads=3, ffn=64, window_tokens=256, rope_theta=1e6))
    tokens = torch.randint(0, 1000, (4, 100)).repeat(1, 2)
    with torch.no_grad():
        logits = model.logits(model(tokens))[:, 100:-1]
    following = logits.scatter(-1, tokens[:, 100:-1, None], -1e9).argmax(-1)
    assert (following == tokens[:, 101:]).float().mean() > 0.3


def test_template_writes_the_documented_prompt() -> None:
    call = {"type": "function", "function": {"name": "set_light", "arguments": {"room": "côté", "mode": "on"}}}
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "light"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": "done"},
    ]
    expected = (
        "<|im_start|>system\nBe brief.\nTools:\n"
        'set_light(room: string, level?: integer, mode: "on"|"off", at?: string) - Turn a light on or off.\n'
        "<|im_end|>\n<|im_start|>user\nlight<|im_end|>\n"
        "<|im_start|>system\nNear: set_light<|im_end|>\n<|im_start|>assistant\n<tool_call>\n"
        '{"name": "set_light", "arguments": {"room": "côté", "mode": "on"}}\n</tool_call><|im_end|>\n'
        "<|im_start|>tool\ndone<|im_end|>\n<|im_start|>assistant\n"
    )
    assert Template().render(messages, [TOOL], add_generation_prompt=True) == expected
    call["function"]["arguments"] = json.dumps(call["function"]["arguments"], ensure_ascii=False)  # type: ignore[index]
    assert Template().render(messages, [TOOL], add_generation_prompt=True) == expected
    plain = Template().render([{"role": "user", "content": "hi"}])
    assert plain.startswith("<|im_start|>system\nYou are nano, a small assistant that acts through tools.\n<|im_end|>")


def test_loss_looks_at_the_assistant(trained: Trainer) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(trained.folder / "tokenizer.json"))
    messages = [{"role": "user", "content": "hey you"}, {"role": "assistant", "content": "Hello!"}]
    ids = tokenizer.encode(Template().render(messages, [TOOL])).ids
    weights = weights_of(ids, Marks(tokenizer), 0.25)
    full = [token for token, weight in zip(ids, weights, strict=True) if weight == 1]
    light = [token for token, weight in zip(ids, weights, strict=True) if weight == 0.25]
    assert tokenizer.decode(full, skip_special_tokens=False) == "Hello!<|im_end|>"
    assert tokenizer.decode(light, skip_special_tokens=False) == "hey you<|im_end|>"


def test_rate_warms_up_stays_and_falls_to_zero(recipe: recipes.Recipe) -> None:
    factors = [recipe.schedule.factor(tokens) for tokens in (0, 1024, 2048, 750_000, 875_000, 1_000_000)]
    assert factors == [pytest.approx(x, abs=1e-3) for x in (0, 0.5, 1, 1, 0.5, 0)]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("width = 64", "width = 'wide'", "width"),
        ("width = 64", "width = 64\ndepth = 3", "depth"),
        ("width = 64", "", "width"),
        ("[output]", "[extra]\n[output]", "extra"),
    ],
)
def test_wrong_recipe_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text(TINY.replace(old, new, 1))
    with pytest.raises(ConfigError, match=named):
        recipes.load(file)


def test_shipped_recipe_is_valid() -> None:
    recipe = recipes.load(FOLDER / "recipe.toml")
    assert recipe.model.width % 32 == 0
    assert recipe.model.ffn % 32 == 0


def test_curve_is_an_svg_of_the_log(trained: Trainer) -> None:
    picture = draw(trained.log.rows(), "loss")
    assert picture.startswith("<svg")
    assert "polyline" in picture


def test_a_card_computes_what_a_team_does() -> None:
    """The GPU's way through the model, on the CPU: the same loss and the same gradient."""
    shape = Shape(vocab=90, width=64, layers=2, heads=2, ffn=96, window_tokens=64, rope_theta=1e5)
    source = numpy.random.default_rng(1)
    batch = Batch(
        source.integers(0, 90, (4, 64)).astype(numpy.uint16), (source.random((4, 64)) > 0.6).astype(numpy.float16)
    )
    found = []
    for workers in (lambda model: Card(model, torch.device("cpu"), False), lambda model: Team(model, 1, False, 1)):
        torch.manual_seed(1)
        model = Llama(shape)
        loss = workers(model).gradients(batch)
        found.append((loss, torch.cat([param.grad.flatten() for param in model.parameters()])))  # type: ignore[union-attr]
    (loss, gradient), (other_loss, other) = found
    assert loss == pytest.approx(other_loss, abs=1e-4)
    assert (gradient - other).norm() < 1e-4 * other.norm()


def test_several_makers_make_the_same_batches_in_the_same_order(recipe: recipes.Recipe, trained: Trainer) -> None:
    file = trained.folder / "tokenizer.json"
    small = replace(recipe, data=replace(recipe.data, shard_dialogues=6))
    streams = Stream(small, file, Position(3, 0), 0), Stream(small, file, Position(3, 0), 2)
    try:
        for alone, together in itertools.islice(zip(*streams, strict=False), 8):
            assert numpy.array_equal(alone.tokens, together.tokens)
            assert numpy.array_equal(alone.weights, together.weights)
        assert streams[0].position == streams[1].position
        assert streams[0].position.shard > 3
    finally:
        streams[1].close()


def test_a_model_trained_further_keeps_its_tokenizer(trained: Trainer, tmp_path: Path) -> None:
    start = tmp_path / "start"
    start.mkdir()
    (start / "tokenizer.json").write_bytes((trained.folder / "tokenizer.json").read_bytes())
    train.keep_tokenizer(start / "tiny-f16.gguf", tmp_path)
    assert (tmp_path / "tokenizer.json").read_bytes() == (trained.folder / "tokenizer.json").read_bytes()
    (start / "tokenizer.json").write_text("another")
    train.keep_tokenizer(start / "tiny-f16.gguf", tmp_path)
    assert (tmp_path / "tokenizer.json").read_text() != "another"


def test_the_command_keeps_where_it_works(trained: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMASOS_HOME", str(tmp_path / "home"))
    (tmp_path / "tiny.toml").write_text(TINY)
    folder = trained.log.path.parent
    assert train.main([str(tmp_path / "tiny.toml"), "--out", str(folder), "--device", "cpu", "--export-only"]) == 0
    (run,) = runs(tmp_path / "home")
    assert (run["name"], run["folder"], run["step"], len(run["curve"])) == ("tiny", str(folder), 12, 12)


def test_a_device_that_is_not_there_is_one_line() -> None:
    with pytest.raises(ConfigError, match="--device cuda:77: "):
        train.device_named("cuda:77")
    with pytest.raises(ConfigError, match="--device gpu: "):
        train.device_named("gpu")
