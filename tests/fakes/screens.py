"""Screenshots of terminals and windows with an error in them, rendered from a seed: fonts, light and dark, JPEG."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from scripts.services import fonts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_FIXED = ("DejaVuSansMono.ttf", "LiberationMono-Regular.ttf", "LiberationMono-Bold.ttf", "DejaVuSansMono-Bold.ttf")
_PROPORTIONAL = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "LiberationSerif-Regular.ttf", "DejaVuSerif.ttf")
_DARK = (("#0c0c0c", "#cccccc"), ("#300a24", "#eeeeec"), ("#002b36", "#93a1a1"), ("#1e1e1e", "#f14c4c"))
_LIGHT = (("#ffffff", "#1a1a1a"), ("#f0f0f0", "#000000"), ("#fdf6e3", "#586e75"), ("#ffffff", "#b00020"))

_ENGLISH = (
    ("ORA-01555", "SQL> select count(*) from orders;", "ERROR at line 1:", "ORA-01555: snapshot too old: segment 12"),
    ("ORA-12514", "$ sqlplus app@erp", "ORA-12514: TNS:listener does not currently know", "of service requested"),
    ("TNS-12541", "$ tnsping prod", "TNS-12541: TNS:no listener", "Linux Error: 111: Connection refused"),
    ("RMAN-06059", "RMAN> backup database;", "RMAN-06059: expected archived log not found", "loss of archived log"),
    ("ERROR-1045", "$ mysql -u app -p", "Enter password:", "ERROR 1045 (28000): Access denied for user 'app'"),
    ("ERROR-1205", "mysql> update t set a = 1;", "ERROR 1205 (HY000): Lock wait timeout exceeded"),
    ("MY-012574", "2026-07-01T12:00:00.123456Z 0 [ERROR]", "[MY-012574] [InnoDB] Unable to lock ./ibdata1"),
    ("SQLSTATE-40P01", "shop=# commit;", "ERROR:  40P01: deadlock detected", "LOCATION:  DeadLockReport, deadlock.c"),
    ("SQL0911N", "$ db2 commit", "SQL0911N  The current transaction has been", "rolled back because of a deadlock."),
    ("MSSQL-9002", "Msg 9002, Level 17, State 2, Line 1", "The transaction log for database 'CRM' is full"),
)
_HAN = (
    ("ORA-00942", "SQL> select * from 客户表;", "第 1 行出现错误:", "ORA-00942: 表或视图不存在"),
    ("ORA-28001", "登录数据库失败", "ORA-28001: 口令已经失效", "请联系管理员重置口令"),
    ("ORA-01653", "导入数据时出错", "ORA-01653: 表 APP.T1 无法通过 128 扩展", "表空间 USERS 空间不足"),
    ("ERROR-1062", "批量写入失败，已回滚", "ERROR 1062 (23000): Duplicate entry '7' for key", "请检查主键是否重复"),
    ("ERROR-1146", "查询报表时出错", "ERROR 1146 (42S02): Table 'shop.t' doesn't exist"),
    ("MSSQL-1105", "消息 1105，级别 17，状态 2，第 1 行", "无法为数据库分配空间，文件组已满"),
    ("SQL0803N", "保存失败", "SQL0803N  插入或更新的值无效，主键重复"),
    ("ORA-04031", "应用告警：数据库异常", "ORA-04031: 无法分配 4160 字节的共享内存"),
)


@dataclass(frozen=True, slots=True)
class Screen:
    """A rendered screenshot, the code that stands in it, and how it was made."""

    name: str
    content: bytes
    code: str
    words: tuple[str, ...]


def has_chinese() -> bool:
    """Tell whether a font with Chinese characters is here."""
    return bool(fonts.chinese())


def screens(count: int, seed: int = 7) -> Iterator[Screen]:
    """Yield so many screenshots: terminals and windows in turn, every third in Chinese where there is a font."""
    chance = random.Random(seed)  # noqa: S311 - the same pictures again, nothing secret
    english, han = chance.sample(_ENGLISH, len(_ENGLISH)), chance.sample(_HAN, len(_HAN))
    for number in range(count):
        is_han = number % 3 == 2 and has_chinese()
        said = (han if is_han else english)[number // 3 % len(_HAN) if is_han else number % len(_ENGLISH)]
        is_terminal, is_dark = number % 2 == 0, chance.random() < (0.7 if number % 2 == 0 else 0.2)
        paper, ink = chance.choice(_DARK if is_dark else _LIGHT)
        size = chance.choice((15, 16, 18, 20, 22))
        faces = fonts.chinese() if is_han else _installed(_FIXED if is_terminal else _PROPORTIONAL)
        face = _face(faces, size, chance)
        draw = _terminal if is_terminal else _window
        picture = draw(said[1:], face, (paper, ink), chance)
        content, kind = _saved(picture, chance)
        name = f"{number:02d}-{'terminal' if is_terminal else 'window'}-{said[0]}-{size}-{kind}"
        yield Screen(name, content, said[0], said[1:])


def _installed(names: Sequence[str]) -> list[Path]:
    return [path for name in names for path in sorted(fonts.INSTALLED.rglob(name))]


def _face(paths: Sequence[Path], size: int, chance: random.Random) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.truetype(str(chance.choice(paths)), size) if paths else ImageFont.load_default(size)


_Face = ImageFont.FreeTypeFont | ImageFont.ImageFont


def _terminal(lines: Sequence[str], face: _Face, colours: tuple[str, str], chance: random.Random) -> Image.Image:
    """Draw a terminal: its lines under each other from the upper left, and a prompt at the end."""
    paper, ink = colours
    shown = [*lines, chance.choice(("$ _", "SQL> _", "[root@db01 ~]# _"))]
    step = int(1.4 * face.getbbox("Ag")[3])
    width = max(480, int(max(face.getlength(line) for line in shown)) + chance.randrange(30, 160))
    picture = Image.new("RGB", (width, step * len(shown) + 40), paper)
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(shown):
        pen.text((10, 14 + step * number), line, fill=ink, font=face)
    return picture


def _window(lines: Sequence[str], face: _Face, colours: tuple[str, str], chance: random.Random) -> Image.Image:
    """Draw a message box: a title bar, a sign, the message and a button."""
    paper, ink = colours
    step = int(1.5 * face.getbbox("Ag")[3])
    width = int(max(face.getlength(line) for line in lines)) + 160
    height = step * len(lines) + 140
    picture = Image.new("RGB", (width, height), paper)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, width, 34), fill=chance.choice(("#0078d7", "#3c3c3c", "#dddddd")))
    pen.ellipse((24, 58, 64, 98), fill="#c42b1c")
    pen.line((36, 70, 52, 86), fill="white", width=4)
    pen.line((52, 70, 36, 86), fill="white", width=4)
    for number, line in enumerate(lines):
        pen.text((90, 58 + step * number), line, fill=ink, font=face)
    pen.rectangle((width - 120, height - 48, width - 24, height - 16), outline=ink)
    pen.text((width - 86, height - 44), "OK", fill=ink, font=face)
    return picture


def _saved(picture: Image.Image, chance: random.Random) -> tuple[bytes, str]:
    """Save as PNG or as a JPEG of some quality, now and then after a photograph's or a messenger's scaling."""
    content = io.BytesIO()
    if chance.random() < 0.3:
        scale = chance.choice((0.85, 1.25, 1.5))
        picture = picture.resize((int(picture.width * scale), int(picture.height * scale)))
    quality = chance.choice((0, 40, 60, 80))
    if not quality:
        picture.save(content, "PNG")
        return content.getvalue(), "png"
    picture.save(content, "JPEG", quality=quality)
    return content.getvalue(), f"jpeg{quality}"
