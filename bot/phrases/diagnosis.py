"""What is said about logs: how much was read, how many errors were told apart, and what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Language

PHRASES: Mapping[str, Mapping[Language, str]] = {
    "log_read": {
        "en": "$lines lines read, $errors distinct errors",
        "zh": "共读取 $lines 行，$errors 种不同的错误",
    },
    "log_read_one": {"en": "$lines lines read, 1 distinct error", "zh": "共读取 $lines 行，1 种错误"},
    "log_read_none": {"en": "$lines lines read, no errors", "zh": "共读取 $lines 行，没有错误"},
    "log_times": {"en": "$count occurrences", "zh": "共出现 $count 次"},
    "log_unreadable": {"en": "$count lines hold no text", "zh": "$count 行不是文本"},
    "log_root": {"en": "Root, from line $line", "zh": "根因，始于第 $line 行"},
    "log_error": {"en": "Line $line", "zh": "第 $line 行"},
    "log_repeated": {"en": "$count times", "zh": "出现 $count 次"},
    "log_left_out": {
        "en": "$lines lines left out, among them $kinds further kinds of errors",
        "zh": "略去 $lines 行，其中有 $kinds 种其他错误",
    },
    "log_more": {"en": "$count more lines", "zh": "还有 $count 行"},
    "question_cut": {
        "en": "The question is long: its beginning, its end and the lines with errors were read, "
        "$count characters were left out.",
        "zh": "问题较长：已读取开头、结尾和含错误的行，略去 $count 个字符。",
    },
    "question_log_cut": {
        "en": "The question is long: $summary. $count characters were left out, the errors' lines first kept.",
        "zh": "问题较长：$summary。优先保留错误所在的行，略去 $count 个字符。",
    },
    "file_log_cut": {
        "en": "“$name” is long: $summary. $count characters were left out, the errors' lines first kept.",
        "zh": "“$name”较长：$summary。优先保留错误所在的行，略去 $count 个字符。",
    },
}
"""Key to language to text."""
