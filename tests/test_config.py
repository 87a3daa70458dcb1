"""Settings: precedence, and what a wrong one says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmasos.config import Config, all_keys, home_folder, known, load_config, parse, user_file
from llmasos.drivers.sampling import Sampling
from llmasos.errors import ConfigError

SHIPPED = Path(__file__).parent.parent / "llmasos.toml"


def load(folder: Path, text: str = "", flags: dict[str, str] | None = None, **environ: str) -> Config:
    (folder / "llmasos.toml").write_text(text)
    return load_config(flags, environ={"LLMASOS_HOME": str(folder / "home"), **environ}, folder=folder)


def test_shipped_file_shows_every_key_with_its_default() -> None:
    shown = tomllib.loads(re.sub(r"(?m)^#(?=\w+ = )", "", SHIPPED.read_text()))
    defaults = load_config(environ={}, folder=Path("/nowhere"))
    flat = {f"{section}.{name}": value for section, keys in shown.items() for name, value in keys.items()}
    assert list(flat) == all_keys()
    for key, value in flat.items():
        expected = defaults.get(key)
        assert value == ("none" if expected is None else list(expected) if isinstance(expected, tuple) else expected)


def test_shipped_file_changes_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, SHIPPED.read_text()) == load(tmp_path, "")


def test_defaults_of_sampling_are_those_of_the_sampler() -> None:
    assert load_config(environ={}, folder=Path("/nowhere")).sampling == Sampling()


def test_flag_beats_variable_beats_folder_beats_user_file(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "llmasos.toml").write_text("[model]\nthreads = 1\nprocesses = 2\ngpu_layers = 3\nname = 'a'")
    config = load(
        tmp_path,
        "[model]\nthreads = 5\nprocesses = 6\ngpu_layers = 7",
        {"model.threads": "9"},
        LLMASOS_MODEL_THREADS="7",
        LLMASOS_MODEL_PROCESSES="8",
    )
    model = config.model
    assert (model.threads, model.processes, model.gpu_layers, model.name) == (9, 8, 7, "a")
    assert config.origins["model.threads"] == "flag"
    assert config.origins["model.processes"] == "environment LLMASOS_MODEL_PROCESSES"
    assert config.origins["model.gpu_layers"] == str(tmp_path / "llmasos.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[model]\nthread = 2", ["llmasos.toml", "model.thread", "model.threads"]),
        ("[modle]\nname = 'x'", ["llmasos.toml", "[modle]", "model"]),
        ("model = 3", ["llmasos.toml", "[model]"]),
        ("[model]\nthreads = 'two'", ["llmasos.toml", "model.threads", "whole number", "'two'"]),
        ("[model]\nthreads = true", ["model.threads", "True"]),
        ("[model]\nprocesses = 0", ["model.processes", "from 1 to 256"]),
        ("[model]\ndriver = 'cuda'", ["model.driver", '"llama_cpp", "sim"']),
        ("[limits]\ntokens = -1", ["limits.tokens", "-1"]),
        ("[limits]\nseconds = nan", ["limits.seconds"]),
        ("[security]\ncapabilities = 'files'", ["security.capabilities", "list"]),
        ("[model\n", ["llmasos.toml", "not TOML", "line 1"]),
    ],
)
def test_wrong_file_is_one_line_that_says_where(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    "text",
    [
        "[security]\ncapabilities = ['exec']",
        "[exec]\nreadable = ['/root']",
        "[memory]\nembedding = 'http://example.org'",
        "[mcp]\ntimeout_s = 0.1",
        "[journal]\nkeep_days = 0",
        "[journal]\nsynchronous = 'normal'",
        "[daemon]\nlog_files = 1",
    ],
)
def test_what_agents_may_do_is_not_for_a_file_where_they_write(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"not taken from a folder's file.*llmasos config set \w+\.\w+"):
        load(tmp_path, text)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "llmasos.toml").write_text(text)
    load(tmp_path, "")
    assert load_config(environ={"LLMASOS_HOME": str(tmp_path / "home")}, folder=tmp_path / "home").origins


def test_limits_are_a_folder_s_to_say(tmp_path: Path) -> None:
    assert load(tmp_path, "[limits]\ntokens = 5").limits.tokens == 5


def test_sampling_out_of_range_names_its_file(tmp_path: Path) -> None:
    config = load(tmp_path, "[sampling]\ntop_p = 2.0")
    with pytest.raises(ConfigError, match=r"llmasos\.toml: \[sampling\] top_p"):
        _ = config.sampling


def test_unknown_variable_is_an_error_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="LLMASOS_MODEL_NAM; did you mean LLMASOS_MODEL_NAME"):
        load(tmp_path, LLMASOS_MODEL_NAM="x")


def test_limits_and_lists_from_text(tmp_path: Path) -> None:
    config = load(tmp_path, LLMASOS_LIMITS_CHILDREN="none", LLMASOS_SECURITY_CAPABILITIES="files:read, clock")
    assert config.limits.children is None
    assert config.security.capabilities == ("files:read", "clock")


def test_unreadable_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "llmasos.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(environ={}, folder=tmp_path)


def test_state_and_settings_follow_xdg_and_llmasos_home() -> None:
    xdg = {"XDG_STATE_HOME": "/s", "XDG_CONFIG_HOME": "/c"}
    assert home_folder(xdg) == Path("/s/llmasos")
    assert user_file(xdg) == Path("/c/llmasos/llmasos.toml")
    assert home_folder({**xdg, "LLMASOS_HOME": "/h"}) == Path("/h")
    assert user_file({**xdg, "LLMASOS_HOME": "/h"}) == Path("/h/llmasos.toml")


@given(key=st.sampled_from(all_keys()), text=st.text(max_size=20))
def test_any_text_for_any_key_is_a_value_or_a_config_error(key: str, text: str) -> None:
    try:
        parse(key, text, "test")
    except ConfigError as error:
        assert key in str(error)


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("limits.childs", "; did you mean limits.children?"),
        ("children", "; did you mean limits.children?"),
        ("watermark", "; did you mean memory.low_watermark or memory.high_watermark?"),
        ("days", "; did you mean journal.keep_days?"),
        ("zebra", ";"),
    ],
)
def test_an_unknown_key_is_one_short_line(word: str, near: str) -> None:
    with pytest.raises(ConfigError) as raised:
        known(word, "config set")
    assert str(raised.value) == f"config set: unknown key {word}{near} llmasos config keys lists all"


def test_unknown_key_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"model\.window; did you mean model\.window_tokens"):
        known("model.window", "command line")
