"""The catalogue of commands that destroy: they delete data, stop a service, or cannot be undone."""

from __future__ import annotations

import re

_SQL = (
    (
        r"drop\s+(?:\w+\s+){0,2}?(?:table|database|schema|user|role|index|view|tablespace|partition|column|diskgroup|login|tenant"
        r"|materialized|sequence|trigger|procedure|function|server|subscription|publication|constraint|logfile|owned"
        r"|resource|availability|datafile|unit|package|type|synonym)\b"
    ),
    r"truncate\s+(?:table\s+)?[\w`\"\[$.{<]",
    r"alter\s+table\b[^;]{1,200}?\s(?:drop|truncate|discard|exchange)\b",
    (
        r"alter\s+(?:database|system)\b[^;]{0,200}?\b(?:resetlogs|noarchivelog|flashback\s+off|clear\s+logfile"
        r"|clear\s+unarchived|offline|drop|emergency|set\s+single_user|repair|force_failover\w*)\b"
    ),
    r"alter\s+tablespace\b[^;]{1,200}?\s(?:offline|drop)\b",
    r"alter\s+system\s+(?:kill|disconnect|delete)\b|alter\s+diskgroup\b[^;]{0,200}?\b(?:drop|dismount)\b",
    r"(?:shutdown|startup\s+force)\b|flashback\s+(?:database|table)\b",
    r"purge\s+(?:recyclebin|dba_recyclebin|tablespace|table|binary|master)\b|reset\s+(?:master|slave|replica)\b",
    r"delete\s+(?:noprompt|force|expired|obsolete|archivelog|backup|copy)\b",
    r"kill\s+(?:query\s+|connection\s+|session\s+)?['\"<$]?[\d<$'\"{]",
    r"(?:select\s+(?:[\w.]+\s*,\s*){0,5})?(?:pg_terminate_backend|pg_drop_replication_slot|lo_unlink)\s*\(",
    r"dbcc\s+checkdb\b[^;]{0,200}?\brepair_\w+|dbcc\s+writepage\b",
    r"(?:restore|recover)\s+(?:database|datafile|tablespace|controlfile)\b",
    r"(?:set\s+global\s+)?innodb_force_recovery\s*=\s*[1-6]",
    r"force\s+(?:stop|application)\b|(?:restore|drop)\s+db\b",
)
_SHELL = (
    r"rm\s+(?:-\w+\s+|--\w[\w-]*\s+){0,5}[^\s-]",
    r"(?:kill|pkill|killall)\s+(?:-\w+\s+){0,3}[\w$<(%]",
    r"(?:shred|mkfs(?:\.\w+)?|wipefs|fdisk|parted|pvremove|vgremove|lvremove|mke2fs|reboot|poweroff|halt)\b",
    r"dd\s+[^|;]{0,200}\bof=|init\s+[06]\b",
    r"(?:systemctl|service|rc-service)\s+(?:[\w@.-]+\s+)?(?:stop|restart|kill|disable|mask)\b",
    r"find\b[^|;]{0,200}\s-delete\b|find\b[^|;]{0,200}-exec\s+rm\b|xargs\s+(?:-\w+\s+){0,5}rm\b|truncate\s+-",
    r"mv\s+\S*(?:data|pg_wal|pg_xlog|ibdata|ib_logfile)\S*\s",
    r"(?:crsctl|srvctl)\s+(?:stop|disable|delete|remove|relocate|replace|unpin)\b|ocrconfig\s+-(?:restore|delete)\b",
    r"(?:pg_resetwal|pg_resetxlog|pg_rewind)\b|(?:pg_ctl|gs_ctl)\b[^|;]{0,200}\b(?:stop|restart|promote)\b",
    r"gs_om\s+-t\s+(?:stop|restart)\b|db2stop\b|db2\s+(?:terminate|force|drop|restore|rollforward)\b|lsnrctl\s+stop\b",
    r"mysqladmin\b[^|;]{0,200}\b(?:shutdown|drop|kill)\b|asmcmd\s+(?:rm|umount|dropdg|md_restore)\b",
    r"docker\s+(?:rm|stop|kill|volume\s+rm|system\s+prune)\b|kubectl\s+(?:delete|drain)\b",
    r"kafka-\w[\w.-]{0,40}\b[^|;]{0,200}--(?:delete|reset-offsets)\b|kafka-delete-records\b",
    r"zkCli\S*\s+(?:deleteall|rmr|delete)\b|redis-cli\b[^|;]{0,200}\b(?:shutdown|flushall|flushdb|del-node)\b",
    r"(?:tiup|obd)\s+cluster\s+(?:stop|destroy|restart|scale-in|clean|prune)\b",
    r"curl\b[^|;]{0,200}(?:-X|--request)[\s=]*[\"']?DELETE\b|curl\b[^|;]{0,200}/_delete_by_query\b|elasticsearch-(?:node|shard)\S*\s+\S",
)
_OTHER = (
    r"flush(?:all|db)\b|cluster\s+(?:reset|failover|flushslots|delslots\w*|forget)\b|debug\s+(?:segfault|reload)\b",
    r"client\s+kill\b|slaveof\b|replicaof\b|unlink\s",
    r"delete\s+/[\w*_]|post\s+/[\w*,-]*/?_(?:close|delete_by_query)\b",
    r"db\.(?:\w+(?:\.\w+){0,3}|getCollection\([^)]{1,80}\))\.(?:drop|remove|deleteMany|deleteOne|dropIndex\w*|renameCollection)\s*\(",
    r"db\.(?:dropDatabase|shutdownServer|killOp)\s*\(|rs\.(?:stepDown|reconfig|remove)\s*\(|sh\.removeShard\w*\s*\(",
)
_WHOLE = re.compile(
    r"(?i)(?:delete\s+(?:from\s+)?[\w`\"\[\].$<>{}]+"
    r"|update\s+(?:only\s+)?[\w`\"\[\].$<>{}]+(?:\s+(?:as\s+)?\w+)?\s+set\b)"
)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_WHERE = re.compile(r"(?i)\bwhere\b")
_PROMPT = r"(?:[\w.@~:\[\]() -]{0,40}[>#$%]\s*)?"
_FOLDER = r"(?:[\w$.{}~-]{0,40}/(?:[\w.-]{1,60}/){0,8})?"
_START = rf"(?:^\s*{_PROMPT}(?:sudo\s+(?:-u\s+\w+\s+)?|nohup\s+|exec\s+)?{_FOLDER}|[;|&(]\s*|[\"']\s?)"
_CATALOGUE = re.compile(rf"(?im){_START}(?:{'|'.join((*_SQL, *_SHELL, *_OTHER))})")


def destroys(command: str) -> bool:
    """Tell whether a command, or one of several, deletes data, stops a service, or cannot be undone.

    `DELETE` and `UPDATE` do without a `WHERE`.
    """
    if _CATALOGUE.search(command):
        return True
    return any(_WHOLE.match(each.strip()) and not _WHERE.search(_COMMENT.sub(" ", each)) for each in command.split(";"))
