"""What is said in WeCom beside answers: cards, notices, how to ask; Chinese is the first language there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Language

PHRASES: Mapping[str, Mapping[Language, str]] = {
    "wecom_reference": {"zh": "编号 $reference", "en": "Ref $reference"},
    "wecom_good": {"zh": "有帮助", "en": "Helpful"},
    "wecom_bad": {"zh": "没帮助", "en": "Unhelpful"},
    "wecom_show_sources": {"zh": "查看来源", "en": "Sources"},
    "wecom_ask_human": {"zh": "转人工", "en": "Ask human"},
    "wecom_human_done": {"zh": "已转人工 ✓", "en": "Asked ✓"},
    "wecom_card_helpful": {"zh": "这个回答有帮助吗？", "en": "Was this helpful?"},
    "wecom_card_thanks": {"zh": "感谢您的反馈", "en": "Thank you"},
    "wecom_card_human": {"zh": "需要人工同事帮忙吗？", "en": "Shall a human take over?"},
    "wecom_card_asked": {"zh": "已转给人工同事", "en": "A human was asked"},
    "wecom_human_asked": {"zh": "已转给人工同事，请稍候。", "en": "A human colleague was asked. Please wait a little."},
    "wecom_empty": {"zh": "您想了解什么？", "en": "What would you like to know?"},
    "wecom_greeting": {
        "zh": "您好，我根据知识库里的文档回答问题，并附上编号的来源。发送“帮助”可查看用法。",
        "en": "Hello. I answer questions from the documents of the knowledge base, with numbered sources. "
        "Send “help” to see how.",
    },
    "wecom_help_title": {"zh": "如何提问", "en": "How to ask"},
    "wecom_help_app": {
        "zh": (
            "- 直接把问题发给我，我会在这里回答，并附上编号的来源。\n"
            "- 日志请原样粘贴，也可以发送截图或文件。\n"
            "- 文档里没有答案时我会直说；发送“转人工”可请人工同事处理。\n"
            "- 命令：/帮助、/来源、/停止、/清除、/状态、/人工。"
        ),
        "en": (
            "- Send me your question. I answer here, with numbered sources.\n"
            "- Paste a log as it is, or send a screenshot or a file.\n"
            "- When the documents do not hold the answer, I say so; send `/human` and a human colleague takes over.\n"
            "- Commands: /help, /sources, /stop, /forget, /status, /human."
        ),
    },
    "wecom_help_bot": {
        "zh": (
            "- 单聊里直接提问；群聊里请 @ 我。我会回答，并附上编号的来源。\n"
            "- 引用一条消息再 @ 我，我会结合被引用的内容回答。\n"
            "- 日志请原样粘贴；截图和文件请在单聊里发送。\n"
            "- 文档里没有答案时我会直说，并可转人工。\n"
            "- 命令：/帮助、/来源、/停止、/清除、/状态、/人工。"
        ),
        "en": (
            "- Ask directly in a private chat; mention me in a group. I answer with numbered sources.\n"
            "- Quote a message and mention me, and I answer with the quoted text in mind.\n"
            "- Paste a log as it is; send screenshots and files in a private chat.\n"
            "- When the documents do not hold the answer, I say so, and a human colleague can take over.\n"
            "- Commands: /help, /sources, /stop, /forget, /status, /human."
        ),
    },
    "wecom_limit": {
        "zh": "您在一分钟内提出了超过 $limit 个问题，请稍等片刻再问。",
        "en": "You asked more than $limit questions within a minute. Please wait a moment and ask again.",
    },
    "wecom_busy": {
        "zh": "当前排队的问题较多，您的问题未能受理，请一分钟后再问。",
        "en": "Many questions are waiting just now, and yours could not be taken. Please ask it again in a minute.",
    },
    "wecom_later": {
        "zh": "这个问题需要更多时间，回答随后会以新消息发送，无需重新提问。",
        "en": "This question takes more time. The answer follows as a new message; there is no need to ask again.",
    },
    "wecom_private": {
        "zh": "您在群里提的问题：群里已无法再发送这部分回答，所以私下发给您。",
        "en": "About your question in the group: this part can no longer be sent there, so it comes to you privately.",
    },
    "wecom_offer": {
        "zh": "需要人工同事帮忙时，请在原来的对话里向机器人发送“转人工”。",
        "en": "To have a human colleague take over, send `/human` to the bot where you asked.",
    },
    "wecom_lost": {
        "zh": "刚才的一条回复可能没有送达。如果没有看到，请再问一次。",
        "en": "A reply may have got lost on its way. If you do not see it, please ask again.",
    },
    "wecom_stopped": {"zh": "好的，已停止回答这个问题。", "en": "Very well, this question is not answered any more."},
    "wecom_unreadable": {
        "zh": "无法读取您发送的内容，请把文字粘贴过来。",
        "en": "What you sent could not be read. Please paste the text.",
    },
    "wecom_sources_gone": {
        "zh": "该回答的来源已不再保留。请重新提问以查看来源。",
        "en": "The sources of this answer are no longer kept. Ask again to see them.",
    },
    "wecom_sources_none": {"zh": "该回答没有引用来源。", "en": "This answer cites no source."},
    "wecom_command_status": {
        "zh": "我在线。当前等待回答的问题数：$waiting。",
        "en": "I am here. Questions that wait for an answer just now: $waiting.",
    },
    "wecom_group_id": {"zh": "本群的 ID：`$chat`", "en": "The id of this group: `$chat`"},
    "wecom_command_forget": {
        "zh": "已清除此前的对话，接下来的问题不再参考它们。",
        "en": "What was said before is forgotten; your next questions stand alone.",
    },
    "wecom_command_stop": {
        "zh": "已停止，尚未回答的问题不再回答。需要时请直接提问。",
        "en": "Stopped: what was not answered yet will not be. Ask again whenever you like.",
    },
    "wecom_command_no_question": {
        "zh": "请先提问，之后可以查看来源或转给人工同事。",
        "en": "Ask me something first; then there are sources to see, and a human colleague can take over.",
    },
}
"""Key to language to text."""
