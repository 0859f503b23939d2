"""What is said in Slack beside answers: buttons, notices, the home tab and how to ask; some of it in mrkdwn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Language

PHRASES: Mapping[str, Mapping[Language, str]] = {
    "slack_good": {"en": "Helpful", "zh": "有帮助"},
    "slack_bad": {"en": "Not helpful", "zh": "没帮助"},
    "slack_show_sources": {"en": "Show sources", "zh": "查看来源"},
    "slack_compare": {"en": "Compare without documents", "zh": "对比：不使用文档"},
    "slack_ask_human": {"en": "Ask a human", "zh": "转人工"},
    "slack_human_asked": {"en": "A human colleague was asked.", "zh": "已转给人工同事。"},
    "slack_part": {"en": "Part $number of $total", "zh": "第 $number 部分，共 $total 部分"},
    "slack_progress": {
        "en": "$count of $total samples agree so far …",
        "zh": "目前 $total 个样本中 $count 个一致……",
    },
    "slack_limit": {
        "en": "You asked more than $limit questions within a minute. Please wait a moment and ask again.",
        "zh": "您在一分钟内提出了超过 $limit 个问题，请稍等片刻再问。",
    },
    "slack_busy": {
        "en": "Many questions are waiting just now, and yours could not be taken. Please ask it again in a minute.",
        "zh": "当前排队的问题较多，您的问题未能受理，请一分钟后再问。",
    },
    "slack_empty": {"en": "What would you like to know?", "zh": "您想了解什么？"},
    "slack_help_title": {"en": "How to ask", "zh": "如何提问"},
    "slack_help": {
        "en": (
            "• Mention me in a channel, or write to me directly. I answer in the thread, with numbered sources.\n"
            "• In a thread where I take part, just go on asking: no mention is needed.\n"
            "• Paste a log as it is, in a code block or as a file.\n"
            "• `/ask` and your question: only you see the answer. "
            "The message shortcut *Ask Quorum about this* answers anybody's message.\n"
            "• Edit your question and the answer follows; delete it and the answer goes too.\n"
            "• `/quorum help`, `status`, `sources`, `forget`, `stop` and `human`, "
            "or the same after a mention: `/stop`."
        ),
        "zh": (
            "• 在频道里 @ 我，或直接给我发私信。我会在该消息的线程里回答，并附上编号的来源。\n"
            "• 在我参与的线程里可以直接追问，不必再 @ 我。\n"
            "• 日志请原样粘贴，放在代码块里或作为文件都可以。\n"
            "• `/ask` 加上问题：只有您能看到回答。消息快捷方式 *Ask Quorum about this* 可以就任何人的消息提问。\n"
            "• 编辑问题，回答随之更新；删除问题，回答也一并删除。\n"
            "• `/quorum help`、`status`、`sources`、`forget`、`stop`、`human`，或在 @ 我之后写 `/stop` 等。"
        ),
    },
    "slack_close": {"en": "Close", "zh": "关闭"},
    "slack_sources_gone": {
        "en": "The sources of this answer are no longer kept. Ask again to see them.",
        "zh": "该回答的来源已不再保留。请重新提问以查看来源。",
    },
    "slack_sources_none": {"en": "This answer cites no source.", "zh": "该回答没有引用来源。"},
    "slack_sources_more": {"en": "$count more sources are not shown.", "zh": "另有 $count 个来源未显示。"},
    "slack_home_knows": {"en": "What I know", "zh": "知识库内容"},
    "slack_home_shelf": {
        "en": "*$name* · $documents documents, last changed $date",
        "zh": "*$name* · $documents 个文档，最近更新 $date",
    },
    "slack_home_shelf_undated": {"en": "*$name* · $documents documents", "zh": "*$name* · $documents 个文档"},
    "slack_home_empty": {
        "en": "There are no documents yet. An operator adds them with `quorum ingest`.",
        "zh": "还没有文档。管理员可用 `quorum ingest` 添加。",
    },
    "slack_home_recent": {"en": "Your recent questions", "zh": "您最近的问题"},
    "slack_home_none": {"en": "You have not asked anything yet.", "zh": "您还没有提过问题。"},
    "slack_outcome_open": {"en": "in progress", "zh": "处理中"},
    "slack_outcome_answered": {"en": "answered", "zh": "已回答"},
    "slack_outcome_answered_with_warning": {"en": "answered, with a warning", "zh": "已回答，附提醒"},
    "slack_outcome_refused": {"en": "not in the documents", "zh": "文档中没有答案"},
    "slack_outcome_escalated": {"en": "with a human", "zh": "已转人工"},
    "slack_outcome_failed": {"en": "failed", "zh": "失败"},
    "slack_moved": {
        "en": "I cannot answer where you asked (<#$channel>), so here is the answer.",
        "zh": "我无法在您提问的地方（<#$channel>）回复，所以把回答发到这里。",
    },
    "slack_lost": {
        "en": "The connection broke while your answer was on its way. If it does not stand above, please ask again.",
        "zh": "回答发送途中连接中断。如果上方没有显示回答，请重新提问。",
    },
    "slack_command_status": {
        "en": "I am here. Questions that wait for an answer just now: $waiting.",
        "zh": "我在线。当前等待回答的问题数：$waiting。",
    },
    "slack_command_forget": {
        "en": "I no longer keep a list of what you asked.",
        "zh": "已清除您的提问记录。",
    },
    "slack_command_stop": {
        "en": "I follow this thread no longer. Mention me when you want me back.",
        "zh": "我不再跟进这个线程；需要我时请再 @ 我。",
    },
    "slack_command_stop_where": {
        "en": "Write `stop` in the thread that I should leave. Mention me there when you want me back.",
        "zh": "请在需要我退出的线程里写 `stop`；需要我时再 @ 我即可。",
    },
    "slack_command_human": {
        "en": "Your last question goes to a human colleague. You will read in its thread what came of it.",
        "zh": "您最近的问题将转给人工同事，结果会在该问题的线程里告知。",
    },
    "slack_command_human_asked": {
        "en": "Your question goes to a human colleague. I tell you here what came of it.",
        "zh": "您的问题将转给人工同事，结果会在这里告知。",
    },
    "slack_command_no_question": {
        "en": "Ask me something first; then a human colleague can take over.",
        "zh": "请先提问，之后可以转给人工同事。",
    },
    "slack_prompt_help_title": {"en": "How do I ask?", "zh": "如何提问？"},
    "slack_prompt_help_message": {"en": "help", "zh": "帮助"},
    "slack_prompt_log_title": {"en": "Paste a log", "zh": "粘贴日志"},
    "slack_prompt_log_message": {
        "en": "Here is a log. What is the cause, and how do I fix it?",
        "zh": "这是一段日志。原因是什么，如何解决？",
    },
    "slack_external": {
        "en": "People of other companies read along here, and no documents are released for this channel.",
        "zh": "本频道与其他公司共享，且没有为其开放的文档。",
    },
}
"""Key to language to text."""
