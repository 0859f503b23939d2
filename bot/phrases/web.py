"""What the web API says to whoever asked it wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Language

PHRASES: Mapping[str, Mapping[Language, str]] = {
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
}
"""Key to language to text."""
