"""What is said when a question is handed to a human: in the packet for the helpdesk, and to the asker."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Language

PHRASES: Mapping[str, Mapping[Language, str]] = {
    "escalation_title": {"en": "A question for a human", "zh": "有问题需要人工解答"},
    "escalation_from": {"en": "Asked by $asker", "zh": "提问者：$asker"},
    "escalation_where": {"en": "open the conversation", "zh": "打开对话"},
    "escalation_unread": {
        "en": "The question's text is no longer kept; please read it in the conversation.",
        "zh": "问题原文已不再保留，请到对话中查看。",
    },
    "escalation_files": {"en": "Attached files", "zh": "附件"},
    "escalation_searched": {"en": "Searched", "zh": "检索范围"},
    "escalation_searched_all": {
        "en": "every collection that the asker may read",
        "zh": "提问者可见的全部资料库",
    },
    "escalation_codes": {"en": "codes $codes", "zh": "错误码 $codes"},
    "escalation_passages": {"en": "Best passages", "zh": "最相关的段落"},
    "escalation_no_passages": {"en": "none was found", "zh": "未找到"},
    "escalation_votes": {"en": "Samples", "zh": "样本投票"},
    "escalation_spoilt": {"en": "$count more could not be used", "zh": "另有 $count 个无效"},
    "escalation_no_tally": {
        "en": "0 of 0 samples: none was drawn",
        "zh": "0 个样本中 0 个一致：未进行抽样",
    },
    "escalation_not_answerable": {"en": "not in the documents", "zh": "文档中没有答案"},
    "escalation_why": {"en": "Why a human", "zh": "转人工原因"},
    "escalation_because_no_evidence": {
        "en": "Nothing that was found answers the question well enough to ask the model.",
        "zh": "检索到的内容不足以回答该问题，因此未询问模型。",
    },
    "escalation_because_missing_codes": {
        "en": "No document knows the error code of the question.",
        "zh": "没有文档包含问题中的错误码。",
    },
    "escalation_because_spoilt": {
        "en": "The model gave no reply that could be used.",
        "zh": "模型没有给出可用的回复。",
    },
    "escalation_because_samples_refuse": {
        "en": "Most samples found no answer in the passages.",
        "zh": "多数样本认为这些段落中没有答案。",
    },
    "escalation_because_unsupported": {
        "en": "An answer was drafted, but its sources do not support it.",
        "zh": "拟出的回答得不到来源支持。",
    },
    "escalation_because_warned": {
        "en": "An answer was given with a warning, and a person asked for a human.",
        "zh": "已给出带提醒的回答，用户要求转人工。",
    },
    "escalation_because_answered": {
        "en": "An answer was given, and a person asked for a human.",
        "zh": "已给出回答，用户要求转人工。",
    },
    "escalation_because_failed": {
        "en": "Something went wrong and there is no answer.",
        "zh": "处理出错，没有得到回答。",
    },
    "escalation_because_unanswered": {
        "en": "There is no answer yet, and a person asked for a human.",
        "zh": "尚无回答，用户要求转人工。",
    },
    "escalation_again": {
        "en": "(This may already stand above: WeCom did not confirm the first try.)",
        "zh": "（以下内容可能已在上文出现：企业微信未确认第一次发送。）",
    },
    "escalation_done": {
        "en": "A human colleague was asked; the answer will come from a person.",
        "zh": "已转给人工同事，将由人工回复。",
    },
    "escalation_no_helpdesk": {
        "en": "No helpdesk is set up here, so nobody was asked. "
        "Please ask a colleague, or whoever looks after this bot.",
        "zh": "此处未设置人工服务台，因此没有转给任何人。请直接询问同事或本机器人的管理员。",
    },
    "escalation_closed": {
        "en": "The helpdesk cannot be reached, so nobody was asked. "
        "Please ask a colleague, and tell whoever looks after this bot.",
        "zh": "人工服务台当前无法送达，因此没有转给任何人。请直接询问同事，并告知本机器人的管理员。",
    },
}
"""Key to language to text."""
