"""The seam for a language model that says a guide's lines in plainer words.

Off unless the setting `writer` names a folder and the model in it passes (`passes`). What the check refuses stays as the lawyer wrote it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from kiosk.answering.answer import Answer
from kiosk.answering.faithful import Resolve, faithful
from kiosk.errors import ModelError, ModelMissing

LINES = ("steps", "bring", "where", "deadline", "cost", "see_advisor")
LEAST_FAITHFUL = 0.9  # a model that changes the law in more than one line of ten is not used at all
NOTE = "措辞由本机的语言模型改写过；条文、数字和“可以、应当、不得”已逐一核对，与原文一致。"

ORDER = """\
用农村老人听得懂的话改写下面这一句。〔〕里的引用、数字、日期、电话和“可以、应当、不得”一个字也不要动，不要加新的意思。
有人问：{about}
这一句：{text}
改写："""


class Writer(Protocol):
    """May be slow; not called by more than one thread at a time. Raises ModelError when it cannot."""

    def rephrase(self, text: str, *, about: str) -> str:
        """The same in plainer words. `about`: what was asked. Nothing that it gives is believed before `faithful` has seen it."""
        ...


class SilentWriter:
    """Says everything as it was written."""

    def rephrase(self, text: str, *, about: str) -> str:
        return text


class TransformersWriter:
    """A causal language model from a local folder; greedy, so the same line gives the same words. Loads torch into the process."""

    def __init__(self, folder: Path, *, most_tokens: int = 400) -> None:
        if not (folder / "config.json").is_file():
            raise ModelMissing(f"设置 writer 指的文件夹 {folder} 里没有语言模型。")
        from transformers import AutoModelForCausalLM, AutoTokenizer

        local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), **local)
            self._model: Any = AutoModelForCausalLM.from_pretrained(str(folder), use_safetensors=True, **local).eval()
        except (OSError, ValueError, KeyError, RuntimeError) as cause:
            raise ModelError(f"文件夹 {folder} 里的语言模型打不开：{cause}") from cause
        self._most = most_tokens

    def rephrase(self, text: str, *, about: str) -> str:
        order = ORDER.format(about=about, text=text)
        try:
            if getattr(self._tokenizer, "chat_template", None):
                turn = [{"role": "user", "content": order}]
                order = self._tokenizer.apply_chat_template(turn, tokenize=False, add_generation_prompt=True)
            given = self._tokenizer(order, return_tensors="pt", return_token_type_ids=False)
            made = self._model.generate(**given, do_sample=False, num_beams=1, max_new_tokens=self._most)
            words: str = self._tokenizer.decode(made[0][given["input_ids"].shape[1] :], skip_special_tokens=True)
        except (RuntimeError, ValueError, IndexError) as cause:
            raise ModelError(f"语言模型没能改写：{cause}") from cause
        return words.strip()


def rewrite(writer: Writer, answer: Answer, resolve: Resolve, *, about: str = "") -> Answer:
    """A guide's answer in the writer's words, or the answer itself: when one line fails the check, none is changed.

    No other kind is reworded, danger least of all.
    """
    if answer.kind != "guide":
        return answer
    said: dict[str, Any] = {}
    try:
        for name in ("headline", *LINES):
            lines: tuple[str, ...] = (answer.headline,) if name == "headline" else getattr(answer, name)
            spoken = tuple(writer.rephrase(line, about=about or answer.title) for line in lines)
            for line, words in zip(lines, spoken, strict=True):
                if faults := faithful(line, words, resolve):
                    logging.getLogger(__name__).info("kept as written: %s", faults[0])
                    return answer
            said[name] = spoken[0] if name == "headline" else spoken
    except ModelError as error:
        logging.getLogger(__name__).warning("%s", error)
        return answer
    made = replace(answer, **said)
    return answer if made == answer else replace(made, note=f"{answer.note} {NOTE}".strip())


def passes(writer: Writer, samples: Sequence[str], resolve: Resolve) -> bool:
    """The gate at opening: `samples` are lines of guides. A model that fails on some, or cannot, or has none to show on, is not used."""
    try:
        good = sum(not faithful(line, writer.rephrase(line, about=""), resolve) for line in samples)
    except ModelError as error:
        logging.getLogger(__name__).warning("%s", error)
        return False
    return bool(samples) and good >= LEAST_FAITHFUL * len(samples)
