"""What is said about files beside a question: which could not be read, and what the asker can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Language

PHRASES: Mapping[str, Mapping[Language, str]] = {
    "file_unread": {"en": "“$name” could not be read: $why", "zh": "未能读取“$name”：$why"},
    "file_scanned": {
        "en": "the text in pictures and scans cannot be recognised here. Please paste the text.",
        "zh": "此处无法识别图片或扫描件中的文字。请将文字粘贴过来。",
    },
    "file_no_text": {
        "en": "no text was found in the picture. Please paste the text.",
        "zh": "图片中没有识别到文字。请将文字粘贴过来。",
    },
    "file_too_many_pixels": {
        "en": "the picture has more than $pixels million pixels. Share the part that matters, or paste the text.",
        "zh": "图片过大，最多读取 $pixels 百万像素。请只截取关键部分，或将文字粘贴过来。",
    },
    "file_recognised": {
        "en": "The text of “$name” was recognised in a picture, with a confidence of $percent %: please check codes "
        "and numbers.",
        "zh": "“$name”的文字由图片识别得到，置信度 $percent%，请核对其中的错误码和数字。",
    },
    "file_empty": {"en": "the file holds no text.", "zh": "文件中没有文字。"},
    "file_encrypted": {
        "en": "it needs a password. Please share a copy without one, or paste the text.",
        "zh": "文件需要密码。请分享不带密码的副本，或将文字粘贴过来。",
    },
    "file_garbled": {
        "en": "its text layer is garbled. Please paste the text.",
        "zh": "文件的文字层是乱码。请将文字粘贴过来。",
    },
    "file_corrupt": {
        "en": "it is damaged, or is not what its name says. Please save it again, or paste the text.",
        "zh": "文件已损坏，或内容与文件名不符。请重新保存，或将文字粘贴过来。",
    },
    "file_unknown_type": {
        "en": "files of this kind are not read. Please paste the text.",
        "zh": "不支持读取这种类型的文件。请将文字粘贴过来。",
    },
    "file_time": {
        "en": "reading it took too long. Please paste the part that matters.",
        "zh": "读取耗时过长。请只粘贴关键部分。",
    },
    "file_too_large": {
        "en": "it is too large: at most $limit MB are read. Please paste the part that matters.",
        "zh": "文件过大，最多读取 $limit MB。请只粘贴关键部分。",
    },
    "file_gone": {
        "en": "it was deleted, or is no longer shared.",
        "zh": "文件已被删除，或不再共享。",
    },
    "file_hidden": {
        "en": "the workspace's plan hides it. Please share it again, or paste the text.",
        "zh": "因工作区套餐限制，该文件已被隐藏。请重新分享，或将文字粘贴过来。",
    },
    "file_external": {
        "en": "it lies with another service. Please share the file itself, or paste the text.",
        "zh": "文件存放在其他服务上。请直接分享该文件，或将文字粘贴过来。",
    },
    "file_login": {
        "en": "a page came instead of the file, as for somebody who is not let in. Please paste the text.",
        "zh": "取到的是网页（如登录页）而不是文件本身。请将文字粘贴过来。",
    },
    "file_size": {
        "en": "it came with another size than announced. Please share it again, or paste the text.",
        "zh": "取到的大小与声明的不符。请重新分享，或将文字粘贴过来。",
    },
    "file_access": {
        "en": "access to it was denied. Please paste the text.",
        "zh": "没有访问该文件的权限。请将文字粘贴过来。",
    },
    "file_unavailable": {
        "en": "it could not be fetched. Please share it again, or paste the text.",
        "zh": "无法取得该文件。请重新分享，或将文字粘贴过来。",
    },
    "file_partly": {
        "en": "“$name” could be read only in part: pages without text, or characters that are not certain.",
        "zh": "“$name”只读取了一部分：有的页面没有文字，或有的字符无法确定。",
    },
    "file_cut": {
        "en": "“$name” is long: its beginning, its end and the lines with error codes were read, "
        "$count characters were left out.",
        "zh": "“$name”较长：已读取开头、结尾和含错误码的行，略去 $count 个字符。",
    },
}
"""Key to language to text; the reasons stand in the place of `$why`."""
