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
    "parts_read": {"en": "$errors distinct errors", "zh": "$errors 种不同的错误"},
    "parts_told": {
        "en": "$summary; $count looked up, each by itself, the likely root first.",
        "zh": "$summary；逐一单独查找了其中 $count 种，可能的根因排在最前。",
    },
    "parts_not_root": {
        "en": "The error that looks like the root is not in the documents; only others are answered.",
        "zh": "看起来是根因的错误在文档中没有，以上只回答了其他错误。",
    },
    "part_root": {"en": "likely root, line $line", "zh": "可能的根因，第 $line 行"},
    "part_line": {"en": "line $line", "zh": "第 $line 行"},
    "part_times": {"en": "$count times", "zh": "出现 $count 次"},
    "part_missing": {"en": "$name: not in the documents.", "zh": "$name：文档中没有。"},
    "part_further": {"en": "Also in what was pasted, not looked up", "zh": "粘贴内容中还有，未逐一查找"},
    "part_more": {"en": "and $count more kinds of errors", "zh": "以及另外 $count 种错误"},
    "similar": {"en": "Similar, not the same", "zh": "相近但不相同"},
    "human_log": {
        "en": "You can ask a human colleague to take over; what you pasted goes along, with secrets masked.",
        "zh": "可以转给人工同事处理；粘贴的内容会一并转交，其中的敏感信息已遮盖。",
    },
    "warning_commands": {
        "en": "Taken out because no cited source holds them: $count command(s).",
        "zh": "有 $count 条命令不在所引来源中，已删去。",
    },
    "command_destroys": {"en": "⚠️ **destructive**", "zh": "⚠️ **破坏性操作**"},
    "commands_destroy": {
        "en": "⚠️ marks commands that delete data, stop a service or cannot be undone: "
        "read the risk, and have a backup, before you run them.",
        "zh": "⚠️ 标出的命令会删除数据、停止服务或无法撤销：执行前请先看风险，并确认有备份。",
    },
    "unaided_working": {"en": "Asking the model without documents …", "zh": "正在不使用文档询问模型……"},
    "unaided_title": {
        "en": "### Without the documents: what the model says on its own",
        "zh": "### 不使用文档：模型自己的说法",
    },
    "unaided_notice": {
        "en": "For comparison only: no documents were read, there are no sources, and nothing here was checked.",
        "zh": "仅供对比：未查阅任何文档，没有来源，内容未经核对。",
    },
    "unaided_none": {
        "en": "No language model is set, only the answerer that quotes: without documents there is nothing to compare.",
        "zh": "未配置语言模型，只有摘录原文的应答器：没有文档就没有可对比的内容。",
    },
    "unaided_gone": {
        "en": "The question's text is no longer kept, so it cannot be asked again without documents.",
        "zh": "问题原文已不再保留，无法在不使用文档的情况下重新提问。",
    },
    "unaided_silent": {"en": "(no reply)", "zh": "（没有回复）"},
    "aided_title": {"en": "### With the documents", "zh": "### 使用文档"},
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
