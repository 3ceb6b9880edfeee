"""One tree of errors.

    KioskError                    the sentence is for a person, in Chinese; the cause is chained for the log
    ├── SettingsError             a setting that cannot be read or is out of range
    ├── KnowledgeError            a file of knowledge (guide, danger sign, correction) cannot be used
    ├── LawError
    │   ├── SourceRefused         a source of law cannot be imported: file and line say where
    │   └── LawMissing            the law store is not there or is damaged
    ├── ModelError
    │   ├── ModelMissing          a model's files are not there
    │   └── ModelDamaged          a file does not have the digest that models.toml names
    ├── LedgerError
    │   ├── ChainBroken           a digest, signature, sequence or link does not hold
    │   ├── EventRefused          an event breaks a rule of the ledger (size, author, version)
    │   └── Sealed                a sealed field cannot be opened with the keys at hand (or was erased)
    ├── IdentityError
    │   ├── SignInRefused         wrong name or password, or slowed down after failures
    │   └── NotAllowed            signed in, but without the right
    └── CaseworkError
        ├── RosterRefused         an assignment breaks a rule of the roster (a sixth village)
        └── CaseNotFound          no case under this number and pick-up code
"""

from __future__ import annotations

from pathlib import Path


class KioskError(Exception):
    """The root. `str(error)` is one plain Chinese sentence that its reader can act on."""


class SettingsError(KioskError):
    pass


class KnowledgeError(KioskError):
    pass


class LawError(KioskError):
    pass


class SourceRefused(LawError):
    """A source was refused as a whole; nothing of it was kept. `line` counts from 1, 0 when no line is to blame."""

    def __init__(self, path: Path, line: int, why: str) -> None:
        self.path, self.line, self.why = path, line, why
        where = f"第 {line} 行" if line else "整个文件"
        super().__init__(f"{path.name}：{where}：{why}。没有导入任何内容。")


class LawMissing(LawError):
    pass


class ModelError(KioskError):
    pass


class ModelMissing(ModelError):
    pass


class ModelDamaged(ModelError):
    pass


class LedgerError(KioskError):
    pass


class ChainBroken(LedgerError):
    pass


class EventRefused(LedgerError):
    pass


class Sealed(LedgerError):
    pass


class IdentityError(KioskError):
    pass


class SignInRefused(IdentityError):
    pass


class NotAllowed(IdentityError):
    pass


class CaseworkError(KioskError):
    pass


class RosterRefused(CaseworkError):
    pass


class CaseNotFound(CaseworkError):
    pass
