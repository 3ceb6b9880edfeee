"""A guide without fault, in which tests plant theirs."""

from __future__ import annotations

from pathlib import Path

SOUND = """\
---
id: jieqian
title: 借出去的钱要不回来
matter: 民间借贷
asks:
  - 借给他的钱不还怎么办
  - 有借条他就是拖着
  - 亲戚借钱三年了
  - 没写借条还能要吗
  - 利息能要多少
  - 他说没钱要等卖了猪
  - 借钱的人跑到外地去了
  - 老表借了两万块一分不还
words: [借钱, 借条, 不还]
cites:
  - 民法典 第六百七十五条 第六百七十六条 第一百八十八条
  - 诉讼费用交纳办法 第十三条
unheld: [诉讼费用交纳办法]
local: [法院地址]
danger: ""
see_advisor: [没有借条]
written: 2026-11-23
reviewed: {by: , on: }
---

## 一句话
借钱的人应当按约定的日子还〔民法典第六百七十五条〕。

## 怎么办
1. **先要一次。** 没约定哪天还的，可以催他在合理的期限里还〔民法典第六百七十五条〕。
2. **过了日子不还，** 应当按约定付逾期的利息〔民法典第六百七十六条〕。
   讲不拢就起诉。

## 带什么
- 借条、转账记录

## 去哪里
- 法院【本地：法院地址】，或者打 12348

## 到什么时候
- 从该还的日子起，三年内去起诉〔民法典第一百八十八条〕。

## 要花多少
- 不超过 1 万元的，每件 50 元〔诉讼费用交纳办法第十三条〕。

## 什么时候找法律顾问
- 已经快满三年
"""


def write(folder: Path, text: str, name: str = "jieqian") -> Path:
    path = folder / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return path
