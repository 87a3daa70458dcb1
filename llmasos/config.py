"""Settings: `llmasos.toml` and its kin, read and checked once, as frozen sections.

- `load_config()` gives a `Config`; each room is handed its own section and asks for nothing else.
- Strongest first: flag, `LLMASOS_<SECTION>_<KEY>` variable, `./llmasos.toml`, user file, defaults (the fields below).
- `config.origins["model.name"]` says where a value came from; what is not there is a default.
- `home_folder` and `user_file` are where state and settings live: `$LLMASOS_HOME`, else the XDG folders.

It imports nothing heavy: `llmasos --help` reads it. `llmasos.toml` in the repository explains every key.
"""

from __future__ import annotations

import functools
import os
import tomllib
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from llmasos.errors import ConfigError, UsageError
from llmasos.kernel.limits import Limits

if TYPE_CHECKING:
    from llmasos.drivers.sampling import Sampling

FILE_NAME = "llmasos.toml"
PREFIX = "LLMASOS_"
_ALL = "llmasos config keys lists all"
_NOT_A_FOLDERS = ("security.", "exec.", "mcp.", "journal.", "daemon.", "memory.embedding")


@dataclass(frozen=True, slots=True)
class Range:
    """The lowest and highest value of a number."""

    low: float
    high: float


Count: TypeAlias = Annotated[int, Range(0, 2**31)]


@dataclass(frozen=True, slots=True)
class ModelSection:
    name: str = "nano"
    driver: Literal["llama_cpp", "sim"] = "llama_cpp"
    isolation: Literal["auto", "process", "none"] = "auto"
    restarts_per_minute: Annotated[int, Range(1, 1_000_000)] = 5
    window_tokens: Count = 0
    processes: Annotated[int, Range(1, 256)] = 32
    kv_mb: Count = 0
    threads: Annotated[int, Range(0, 1024)] = 0
    gpu_layers: Annotated[int, Range(-1, 10_000)] = 0


@dataclass(frozen=True, slots=True)
class SchedulerSection:
    policy: Literal["fair", "priority", "rr", "fifo"] = "fair"
    step_tokens: Annotated[int, Range(1, 65536)] = 512


@dataclass(frozen=True, slots=True)
class MemorySection:
    swap_ram_mb: Count = 512
    swap_disk_mb: Count = 2048
    saved_disk_mb: Count = 2048
    saved_after_s: Annotated[float | None, Range(0.1, 86400.0)] = 10.0
    embedding: str = "auto"
    embedding_model: str = ""
    paging: bool = True
    high_watermark: Annotated[float, Range(0.1, 0.95)] = 0.85
    low_watermark: Annotated[float, Range(0.05, 0.9)] = 0.55
    page_in_share: Annotated[float, Range(0.0, 0.5)] = 0.25
    summary_share: Annotated[float, Range(0.0, 0.4)] = 0.0
    eviction: Literal["lru", "oldest", "largest"] = "lru"
    page_in: Literal["recent", "relevant", "never"] = "recent"


@dataclass(frozen=True, slots=True)
class SamplingSection:
    """The fields of `Sampling` that make sense for every process; drivers/sampling.py knows their ranges."""

    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    penalty_window: int = 64
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class SecuritySection:
    capabilities: tuple[str, ...] = ("files", "calculate", "clock", "memory", "process", "user")
    profile: Literal["auto", "strict", "balanced", "open"] = "auto"
    ask: tuple[str, ...] = ("transfer", "admin")
    deny: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExecSection:
    timeout_s: Annotated[float, Range(0.1, 86400.0)] = 60.0
    processes: Annotated[int, Range(1, 65536)] = 64
    memory_mb: Annotated[int, Range(16, 2**31)] = 2048
    readable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class McpSection:
    timeout_s: Annotated[float, Range(0.1, 86400.0)] = 60.0


@dataclass(frozen=True, slots=True)
class JournalSection:
    synchronous: Literal["normal", "full"] = "normal"
    keep_days: Annotated[float | None, Range(0, 36500)] = None
    keep_mb: Annotated[float | None, Range(0, 2**31)] = None


@dataclass(frozen=True, slots=True)
class DaemonSection:
    log_mb: Annotated[float, Range(0, 2**31)] = 10.0
    log_files: Annotated[int, Range(1, 1000)] = 5


SECTIONS: dict[str, type[Any]] = {
    "model": ModelSection,
    "scheduler": SchedulerSection,
    "memory": MemorySection,
    "limits": Limits,
    "sampling": SamplingSection,
    "security": SecuritySection,
    "exec": ExecSection,
    "mcp": McpSection,
    "journal": JournalSection,
    "daemon": DaemonSection,
}


@dataclass(frozen=True)
class Config:
    """Every setting, checked. `home` is the state directory."""

    home: Path = field(default_factory=lambda: home_folder())
    model: ModelSection = ModelSection()
    scheduler: SchedulerSection = SchedulerSection()
    memory: MemorySection = MemorySection()
    limits: Limits = field(default_factory=Limits)
    sampling_section: SamplingSection = SamplingSection()
    security: SecuritySection = SecuritySection()
    exec: ExecSection = ExecSection()
    mcp: McpSection = McpSection()
    journal: JournalSection = JournalSection()
    daemon: DaemonSection = DaemonSection()
    origins: Mapping[str, str] = field(default_factory=dict)

    @functools.cached_property
    def sampling(self) -> Sampling:
        """How to choose tokens where nobody says otherwise. Raises ConfigError on a value out of range."""
        from llmasos.drivers.sampling import Sampling

        section = self.sampling_section
        try:
            return Sampling(**{f.name: getattr(section, f.name) for f in fields(section)})
        except UsageError as error:
            where = sorted({origin for key, origin in self.origins.items() if key.startswith("sampling.")})
            raise ConfigError(f"{', '.join(where)}: [sampling] {error}") from None

    def get(self, key: str) -> Any:
        """A value by its dotted key. Raises ConfigError for one that does not exist."""
        section, name = known(key, "settings")
        return getattr(self.sampling_section if section == "sampling" else getattr(self, section), name)


def load_config(
    flags: Mapping[str, str] | None = None, *, environ: Mapping[str, str] | None = None, folder: Path | None = None
) -> Config:
    """The settings of this run. `flags` maps dotted keys to text, as a command line has it; they win.

    What agents may do, and how long what they did is kept, is not taken from `./llmasos.toml`.

    Raises ConfigError naming the file (or variable), the key and the nearest known one.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for origin, layer in (
        *_files([user_file(environ), (folder or Path.cwd()) / FILE_NAME]),
        *_variables(environ),
        ("flag", {key: parse(key, text, "flag") for key, text in (flags or {}).items()}),
    ):
        values |= layer
        origins |= dict.fromkeys(layer, origin)
    return _config(home_folder(environ), values, origins)


def _config(home: Path, values: Mapping[str, Any], origins: Mapping[str, str]) -> Config:
    made: dict[str, Any] = {}
    for section, kind in SECTIONS.items():
        given = {key.partition(".")[2]: value for key, value in values.items() if key.startswith(f"{section}.")}
        made["sampling_section" if section == "sampling" else section] = kind(**given)
    return Config(home, **made, origins=origins)


def home_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The state directory: journal, models, memory, history."""
    return _folder(environ, "XDG_STATE_HOME", ".local/state")


def user_file(environ: Mapping[str, str] = os.environ) -> Path:
    """The user's own settings; `llmasos use` and `llmasos config set` write there."""
    return _folder(environ, "XDG_CONFIG_HOME", ".config") / FILE_NAME


def _folder(environ: Mapping[str, str], variable: str, beneath_home: str) -> Path:
    if home := environ.get(f"{PREFIX}HOME"):
        return Path(home).expanduser().absolute()
    return Path(environ.get(variable) or Path.home() / beneath_home) / "llmasos"


# -- reading ----------------------------------------------------------------------------------------------------------


def _files(paths: Iterable[Path]) -> Iterable[tuple[str, dict[str, Any]]]:
    own, *others = dict.fromkeys(path.absolute() for path in paths)
    for path in (own, *others):
        if (text := _text(path)) is not None:
            values = _flat(_table(text, path), str(path))
            if path in others:
                _check_may_say(path, values)
            yield str(path), values


def _check_may_say(path: Path, keys: Iterable[str]) -> None:
    """The file of a folder is where agents write: what they may do, to whom texts go, and how long what they did is
    kept, is not for it to say. Its limits are: they hold for what is started there without its own.
    """
    for key in keys:
        if key.startswith(_NOT_A_FOLDERS):
            raise ConfigError(
                f"{path}: {key} is not taken from a folder's file, which agents may write:"
                f" llmasos config set {key} ..., or {variable(key)}"
            )


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None


def _table(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None


def _flat(table: Mapping[str, Any], origin: str) -> dict[str, Any]:
    found = {}
    for section, keys in table.items():
        if section not in SECTIONS:
            raise ConfigError(f"{origin}: unknown section [{section}]{_nearest(section, SECTIONS)}")
        if not isinstance(keys, dict):
            raise ConfigError(f"{origin}: {section} is a section, not a value: write [{section}]")
        for name, value in keys.items():
            key = f"{section}.{name}"
            known(key, origin)
            found[key] = _checked(key, value, origin)
    return found


def _variables(environ: Mapping[str, str]) -> Iterable[tuple[str, dict[str, Any]]]:
    names = {variable(key): key for key in all_keys()}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name != f"{PREFIX}HOME":
            if name not in names:
                raise ConfigError(f"environment: unknown variable {name}{_nearest(name, [*names, f'{PREFIX}HOME'])}")
            yield f"environment {name}", {names[name]: parse(names[name], environ[name], f"environment {name}")}


def all_keys() -> list[str]:
    """Every dotted key, in the order of the sections."""
    return [f"{section}.{f.name}" for section, kind in SECTIONS.items() for f in fields(kind)]


def variable(key: str) -> str:
    """The environment variable of a dotted key."""
    return PREFIX + key.replace(".", "_").upper()


def known(key: str, origin: str) -> tuple[str, str]:
    """A dotted key's section and name. Raises ConfigError naming the nearest known keys."""
    if key not in all_keys():
        raise ConfigError(f"{origin}: unknown key {key}{_nearest(key, all_keys())}")
    section, _, name = key.partition(".")
    return section, name


def _nearest(word: str, words: Iterable[str]) -> str:
    """What to try instead: the one that is clearly meant, else the likeliest few, also by a part of their names."""
    import difflib

    names = list(words)
    close = difflib.get_close_matches(word, names, 1, cutoff=0.8) or difflib.get_close_matches(word, names, 3, 0.6)
    close = close or [name for name in names if word.lower() in name.lower()][:3]
    close = close or difflib.get_close_matches(word, names, 1, cutoff=0.5)
    *others, last = close or [""]
    meant = f"{', '.join(others)} or {last}" if others else last
    return f";{f' did you mean {meant}?' if meant else ''} {_ALL}"


# -- values -----------------------------------------------------------------------------------------------------------


def parse(key: str, text: str, origin: str) -> Any:
    """A value from text (a flag, a variable, `config set`): lists by commas, `none` for no limit."""
    section, name = known(key, origin)
    kinds = _kinds(section, name)
    for kind in (k for k in kinds if k in (int, float)):
        try:
            return _checked(key, kind(text), origin)
        except ValueError:
            continue
    if bool in kinds:
        return _checked(key, {"true": True, "false": False}.get(text.strip().lower(), text), origin)
    is_list = tuple in kinds
    return _checked(key, [word.strip() for word in text.split(",") if word.strip()] if is_list else text, origin)


def _kinds(section: str, name: str) -> list[Any]:
    hint = _hints(section)[name]
    return [typing.get_origin(part) or part for part in _parts(hint)]


@functools.cache
def _hints(section: str) -> dict[str, Any]:
    return typing.get_type_hints(SECTIONS[section], include_extras=True)


def _parts(hint: Any) -> tuple[Any, ...]:
    """The alternatives of a type, without its Annotated."""
    if typing.get_origin(hint) is Annotated:
        hint = typing.get_args(hint)[0]
    return typing.get_args(hint) if type(None) in typing.get_args(hint) else (hint,)


def _checked(key: str, value: Any, origin: str) -> Any:
    """The value as its section holds it. Raises ConfigError saying what is allowed."""
    section, _, name = key.partition(".")
    hint, kinds = _hints(section)[name], _kinds(section, name)
    limits = next((a for a in typing.get_args(hint) if isinstance(a, Range)), None)
    if value == "none" and type(None) in kinds:
        return None
    if Literal in kinds:
        good = value in typing.get_args(hint)
    elif tuple in kinds:
        good = isinstance(value, list) and all(isinstance(word, str) for word in value)
    elif bool in kinds:
        good = isinstance(value, bool)
    else:
        numeric = isinstance(value, int) and float in kinds
        good = not isinstance(value, bool) and (type(value) in kinds or numeric)
    if good and isinstance(value, int | float) and bool not in kinds:
        low, high = (limits.low, limits.high) if limits else (0 if section == "limits" else float("-inf"), float("inf"))
        good = low <= value <= high  # not so for NaN
    if not good:
        raise ConfigError(f"{origin}: {key} must be {_meaning(hint, kinds, limits)}, not {value!r}")
    return tuple(value) if isinstance(value, list) else value


_WORDS = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    tuple: "a list of texts",
    type(None): '"none"',
}


def _meaning(hint: Any, kinds: list[Any], limits: Range | None) -> str:
    if Literal in kinds:
        return "one of " + ", ".join(f'"{choice}"' for choice in typing.get_args(hint))
    words = " or ".join(_WORDS[kind] for kind in kinds)
    return f"{words} from {limits.low:,} to {limits.high:,}" if limits else words
