"""Makes a random language model of a few thousand weights and lets the writer rephrase with it: a program, so that torch stays in it.

    python tiny_model.py FOLDER    makes it, then prints one JSON object
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from kiosk.answering.answer import Answer
from kiosk.answering.writer import TransformersWriter, passes, rewrite

LINES = ("包工头不给工钱，可以到劳动监察投诉〔劳动合同法第八十五条〕。", "申请仲裁的时效是一年〔劳动争议调解仲裁法第二十七条〕。")


def make(folder: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast, set_seed

    set_seed(1)
    letters = ["<unk>", "</s>", *sorted(set("".join(LINES)))]
    tokenizer = Tokenizer(models.WordLevel({letter: i for i, letter in enumerate(letters)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="</s>", pad_token="</s>").save_pretrained(folder)
    shape = {"vocab_size": len(letters), "n_positions": 512, "n_embd": 8, "n_layer": 1, "n_head": 1}
    config = GPT2Config(**shape, bos_token_id=1, eos_token_id=1, pad_token_id=1)
    GPT2LMHeadModel(config).save_pretrained(folder)


def main(folder: Path) -> None:
    from datetime import date

    make(folder)
    writer = TransformersWriter(folder, most_tokens=12)
    said = [writer.rephrase(LINES[0], about="工钱") for _ in range(2)]
    answer = Answer("guide", LINES[0], date(2026, 11, 23), 0.9, title="工钱", steps=LINES)
    kept = rewrite(writer, answer, lambda name: name)
    print(json.dumps({"said": said, "kept": kept == answer, "passes": passes(writer, LINES, lambda name: name)}, ensure_ascii=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
