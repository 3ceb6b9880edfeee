"""Every setting in one table, and the one resolver of the folders that travel with the program.

A setting comes from the environment (`KIOSK_<NAME>`), else from the TOML file (`KIOSK_CONFIG`, else
`<data>/kiosk.toml`), else from its default below. `kiosk settings` prints this table.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from kiosk.errors import SettingsError

PACKAGE = Path(__file__).resolve().parent


def _default_data() -> Path:
    system = Path("/var/lib/kiosk")
    if system.is_dir() and os.access(system, os.W_OK):
        return system
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "kiosk"


def _setting(default: Any, about: str) -> Any:
    return field(default=default, metadata={"about": about})


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may set. Units stand in the names; paths are absolute."""

    data: Path = field(
        default_factory=_default_data, metadata={"about": "本机一切数据的文件夹：账本、钥匙、法律、模型"}
    )
    host: str = _setting("127.0.0.1", "终端监听的地址；终端从不对外开放")
    port: int = _setting(7860, "终端的端口")
    desk_host: str = _setting("127.0.0.1", "工作台监听的地址")
    desk_port: int = _setting(7870, "工作台的端口")
    allowed_hosts: str = _setting("127.0.0.1,localhost", "应答的主机名，用逗号分开")
    database: str = _setting("", "账本数据库的 SQLAlchemy 地址；空着就用数据文件夹里的 SQLite")
    embedder: str = _setting("onnx", "用哪种方式算语义：onnx 或 sentence-transformers")
    threads: int = _setting(2, "一次提问可用的处理器线程数")
    idle_seconds: int = _setting(60, "没人动多少秒以后，终端问一声还在不在")
    session_hours: int = _setting(8, "工作台一次登录管几个小时")
    writer: str = _setting("", "可以改写措辞的语言模型的文件夹；空着就是不用（默认）")

    @property
    def law_db(self) -> Path:
        return self.data / "law.sqlite"

    @property
    def models(self) -> Path:
        return self.data / "models"

    @property
    def index(self) -> Path:
        return self.data / "index"

    @property
    def ledger_url(self) -> str:
        return self.database or f"sqlite:///{self.data / 'ledger.sqlite'}"

    @property
    def keys(self) -> Path:
        return self.data / "keys"


def _convert(name: str, kind: str, value: object) -> object:
    try:
        if kind == "int":
            if isinstance(value, bool) or not isinstance(value, int | str):
                raise ValueError(value)
            return int(value)
        if kind == "Path":
            return Path(str(value)).expanduser().resolve()
        return str(value)
    except ValueError as cause:
        raise SettingsError(f"设置 {name} 的值“{value}”不对，应当是{'整数' if kind == 'int' else '文字'}。") from cause


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read the table. An unknown name in the file is refused by name, so that a slip does not go unseen."""
    env = os.environ if env is None else env
    known = {f.name: str(f.type) for f in fields(Settings)}
    given: dict[str, object] = {k: env["KIOSK_" + k.upper()] for k in known if env.get("KIOSK_" + k.upper())}
    data = Path(str(given.get("data") or _default_data()))
    config = Path(env.get("KIOSK_CONFIG") or data / "kiosk.toml")
    if config.is_file():
        try:
            file = tomllib.loads(config.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
            raise SettingsError(f"设置文件 {config} 读不懂：{cause}") from cause
        unknown = sorted(set(file) - set(known))
        if unknown:
            raise SettingsError(f"设置文件 {config} 里有不认识的名字：{'、'.join(unknown)}。运行 kiosk settings 看全部名字。")
        given = {**file, **given}
    return Settings(**{k: _convert(k, known[k], v) for k, v in given.items()})  # type: ignore[arg-type]


def quiet_numeric_threads() -> None:
    """Before NumPy is imported: small matrices are slower when a thread is woken for each of them; the encoder has threads of its own."""
    for name, value in (("OPENBLAS_NUM_THREADS", "1"), ("OMP_WAIT_POLICY", "PASSIVE")):
        os.environ.setdefault(name, value)


def _bundled(name: str, env: Mapping[str, str]) -> Path:
    """The active pack, else the checkout, else the copy in the wheel (`kiosk/_data`)."""
    forced = env.get(f"KIOSK_{name.upper()}_DIR")
    if forced:
        return Path(forced)
    pack = load_settings(env).data / "packs" / "active" / name
    checkout = PACKAGE.parent / name
    for folder in (pack, checkout):
        if folder.is_dir():
            return folder
    return PACKAGE / "_data" / name


def knowledge_dir(env: Mapping[str, str] | None = None) -> Path:
    """The folder of guides, danger signs, corrections, evaluation questions and prepared vectors."""
    return _bundled("knowledge", os.environ if env is None else env)


def model_table(env: Mapping[str, str] | None = None) -> Path:
    """The path of models.toml."""
    return _bundled("models", os.environ if env is None else env) / "models.toml"
