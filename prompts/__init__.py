"""Prompt texts, one Markdown file a prompt; `bot.answering.prompting` reads them."""
