"""What is said in and beside answers, on every platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Language

PHRASES: Mapping[str, Mapping[Language, str]] = {
    "agreement": {"en": "$count of $total samples agree", "zh": "$total 个样本中 $count 个一致"},
    "agreement_none": {"en": "No sample could be used", "zh": "没有可用的样本"},
    "sources": {"en": "Sources", "zh": "来源"},
    "closest": {"en": "Closest documents", "zh": "最接近的文档"},
    "page": {"en": "page $number", "zh": "第 $number 页"},
    "row": {"en": "row $number", "zh": "第 $number 行"},
    "line": {"en": "line $number", "zh": "第 $number 行"},
    "refusal": {
        "en": "The documents do not hold the answer to this question.",
        "zh": "文档中没有这个问题的答案。",
    },
    "refusal_codes": {
        "en": "The documents do not hold anything about $codes.",
        "zh": "文档中没有关于 $codes 的内容。",
    },
    "refusal_unsupported": {
        "en": "An answer was drafted, but the documents do not support it, so it is withheld.",
        "zh": "拟出的回答得不到文档支持，因此不予给出。",
    },
    "refusal_spoilt": {
        "en": "The language model gave no reply that could be used.",
        "zh": "语言模型没有给出可用的回复。",
    },
    "refusal_wordless": {
        "en": "There is no text here that could be looked up in the documents.",
        "zh": "没有可以在文档中查找的文字。",
    },
    "human": {"en": "You can ask a human colleague to take over.", "zh": "可以转给人工同事处理。"},
    "offline": {
        "en": "No language model is set: this quotes sentences from the documents and does not reason.",
        "zh": "未配置语言模型：以上内容只是摘录文档原句，不作推理。",
    },
    "warning_grey": {
        "en": "The documents may not fully answer this: check the sources.",
        "zh": "文档可能没有完全回答这个问题，请核对来源。",
    },
    "warning_split": {
        "en": "The samples were split between different answers: check the sources.",
        "zh": "样本之间答案不一，票数相同，请核对来源。",
    },
    "warning_low_agreement": {
        "en": "Less than half of the samples agree: check the sources.",
        "zh": "不到一半的样本意见一致，请核对来源。",
    },
    "warning_dropped": {
        "en": "Left out because the cited sources do not support it: $count statement(s).",
        "zh": "有 $count 处内容得不到所引来源支持，已略去。",
    },
    "failed": {
        "en": "Something went wrong and there is no answer. Please try again; reference $reference.",
        "zh": "出了点问题，未能作答。请稍后重试；参考编号 $reference。",
    },
    "stage_retrieving": {"en": "Searching the documents …", "zh": "正在查找文档……"},
    "stage_sampling": {"en": "Drafting answers and letting them vote …", "zh": "正在起草回答并投票……"},
    "stage_tally": {
        "en": "$agreeing of $drawn samples agree so far …",
        "zh": "目前 $drawn 个样本中 $agreeing 个一致……",
    },
    "prompt_earlier": {
        "en": "Said earlier in this conversation (it tells what the question refers to, and is no source):",
        "zh": "本次对话中此前的内容（只用来理解问题所指，不是资料来源）：",
    },
    "stage_checking": {"en": "Checking the sources …", "zh": "正在核对来源……"},
    "working": {"en": "Searching the documents …", "zh": "正在查找文档……"},
    "cut": {"en": "… $count characters left out …", "zh": "……略去 $count 个字符……"},
}
"""Key to language to text."""
