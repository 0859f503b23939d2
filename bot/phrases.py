"""Every sentence that Quorum says to people, in Chinese and English."""

from __future__ import annotations

from string import Template
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
    "stage_checking": {"en": "Checking the sources …", "zh": "正在核对来源……"},
    "working": {"en": "Searching the documents …", "zh": "正在查找文档……"},
    "web_not_utf8": {
        "en": "The request is not UTF-8 (byte $place). Send a JSON object in UTF-8.",
        "zh": "请求不是 UTF-8 编码（第 $place 字节）。请发送 UTF-8 编码的 JSON 对象。",
    },
    "web_not_json": {
        "en": 'The request is no JSON object. Send {"text": "your question"}.',
        "zh": '请求不是 JSON 对象。请发送 {"text": "您的问题"}。',
    },
    "web_too_large": {
        "en": "The request is larger than $limit bytes. Send the part that matters.",
        "zh": "请求超过 $limit 字节。请只发送关键部分。",
    },
    "web_empty": {
        "en": "The question is empty. Put it into the field `text`.",
        "zh": "问题为空。请在字段 `text` 中填写问题。",
    },
    "web_too_long": {
        "en": "The question has $count characters; $limit is the limit. Send the part that matters.",
        "zh": "问题有 $count 个字符，上限为 $limit。请只发送关键部分。",
    },
    "web_field": {"en": "The field `$name` must be $kind.", "zh": "字段 `$name` 必须是$kind。"},
    "web_kind_text": {"en": "a text", "zh": "文本"},
    "web_kind_id": {
        "en": "a text of 1 to $characters letters, digits and . _ : ~ -",
        "zh": " 1 到 $characters 个字母、数字或 . _ : ~ - 组成的文本",
    },
    "web_kind_language": {"en": "`zh` or `en`", "zh": " `zh` 或 `en`"},
    "web_kind_conversation": {"en": "a text of 1 to $characters characters", "zh": " 1 到 $characters 个字符的文本"},
    "web_kind_user": {"en": "a text of 1 to $characters characters", "zh": " 1 到 $characters 个字符的文本"},
    "web_kind_collections": {
        "en": "a list of at most $names texts of 1 to $characters characters",
        "zh": "最多 $names 项的列表，每项为 1 到 $characters 个字符的文本",
    },
    "web_taken": {
        "en": "The id is that of another question. Choose a new one for each question.",
        "zh": "该 id 已用于另一个问题。请为每个问题使用新的 id。",
    },
    "web_unknown": {"en": "There is no such question.", "zh": "没有这个问题。"},
    "web_again": {
        "en": "Questions cannot be taken just now. Please send it again in $seconds seconds.",
        "zh": "暂时无法受理问题，请在 $seconds 秒后重新发送。",
    },
    "cut": {"en": "… $count characters left out …", "zh": "……略去 $count 个字符……"},
}
"""Key to language to text; `$name` is filled in by `say`."""


def say(key: str, language: Language, **values: object) -> str:
    """Return one phrase with its variables filled in; raises KeyError for an unknown key or a missing variable."""
    return Template(PHRASES[key][language]).substitute({name: str(value) for name, value in values.items()})
