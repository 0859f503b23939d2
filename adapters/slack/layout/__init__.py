"""Our messages and views as Block Kit, in parts that fit."""
