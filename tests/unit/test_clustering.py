"""Keys that mean the same are one answer, keys that do not are kept apart, in whatever order they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import keys
from bot.answering.clustering import clusters
from tests.benchmarks.clustering import boxes, score

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

OPPOSITES = """
enable archive logging on the primary/disable archive logging on the primary
turn on the firewall/turn off the firewall
start the listener/stop the listener
allow remote logins/deny remote logins
before the backup/after the backup
increase the undo retention/decrease the undo retention
raise max_connections to the limit/lower max_connections to the limit
more than the quota/less than the quota
the maximum length of a password/the minimum length of a password
add the datafile to the tablespace/remove the datafile from the tablespace
create the index first/drop the index first
grant the role to the user/revoke the role from the user
commit the transaction/roll back the transaction
lock the account/unlock the account
encrypt the tablespace/decrypt the tablespace
install the client/uninstall the client
connect to the VPN/disconnect from the VPN
mount the database/unmount the database
open the ticket/close the ticket
upload the report/download the report
import the schema/export the schema
the tablespace is read only/the tablespace is read write
the primary database/the standby database
the source server/the target server
the sender pays the fee/the receiver pays the fee
internal network only/external network only
a local account/a remote account
take it online/take it offline
a full backup/an incremental backup
synchronous replication/asynchronous replication
automatic failover/manual failover
the form is optional/the form is mandatory
including tax/excluding tax
accept the invitation/reject the invitation
the job succeeded/the job failed
it is supported/it is unsupported
the first working day/the last working day
sort ascending by date/sort descending by date
daily reports/weekly reports
on weekdays/on weekends
with approval/without approval
it is possible/it is not possible
you can book it/you cannot book it
domestic trips/international trips
启用归档日志/禁用归档日志
在主库上执行/在从库上执行
支持断点续传/不支持断点续传
允许远程登录/禁止远程登录
升级之前要备份/升级之后要备份
增加连接数上限/减少连接数上限
大于五百元的报销/小于五百元的报销
最大长度十四位/最小长度十四位
添加数据文件/删除数据文件
安装岚桥客户端/卸载岚桥客户端
加锁以后再改/解锁以后再改
授权给应用账号/撤销给应用账号
提交当前事务/回滚当前事务
导入整个用户/导出整个用户
内网可以访问/外网可以访问
同步复制模式/异步复制模式
自动切换主备/手动切换主备
全量备份保留两周/增量备份保留两周
审批通过以后/审批驳回以后
需要经理签字/不需要经理签字
上午开放办理/下午开放办理
工作日开放/周末开放
密码有效/密码无效
客户端的日志/服务端的日志
可以带进机房/不可以带进机房
按升序排列结果/按降序排列结果
每周清理一次/每月清理一次
包含税费/不包含税费
上游系统超时/下游系统超时
登录系统/退出系统
员工可以申请/访客可以申请
""".strip().splitlines()

TEXTS = st.text(alphabet="主从库支持不12.5 ,(a-c)*/开关AB的三", max_size=12)


@pytest.mark.parametrize("line", OPPOSITES)
def test_opposites_are_kept_apart(line: str) -> None:
    first, second = line.split("/")

    assert len(clusters([first, second])) == 2


def test_there_are_enough_opposites() -> None:
    assert len(set(OPPOSITES)) >= 60


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("7", "7.0"),
        ("1,000", "1000"),
        ("ＯＲＡ－０１５５５", "ora-01555"),
        ("“3 个工作日”。", "3个工作日"),
        ("364.6公里", "364.6"),
        ("the listener", "listener"),
        ("increase UNDO_RETENTION", "Increase `undo_retention`."),
        ("Ask the service desk for a new token", "ask the service desk for a token"),
        ("三茂铁路股份有限公司", "三茂铁路公司"),
    ],
)
def test_one_answer_in_other_words_is_one_answer(first: str, second: str) -> None:
    assert len(clusters([first, second])) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("(10-4)*4", "10-(4*4)"),
        ("(10-4)*4", "(10-4)*4+0"),
        ("1.5", "15"),
        ("-3", "3"),
        ("10²", "102"),
        ("ORA-01555", "ORA-01556"),
        ("within 5 days of the trip", "within 15 days of the trip"),
        ("第三条规定", "第四条规定"),
        ("set innodb_buffer_pool_size", "set innodb_buffer_pool_instances"),
        ("5%", "5"),
        ("the manager signs the travel request", "the auditor reads the yearly statement"),
    ],
)
def test_other_answers_are_other_answers(first: str, second: str) -> None:
    assert len(clusters([first, second])) == 2


@given(st.lists(TEXTS, max_size=8), st.randoms(use_true_random=False), st.booleans())
def test_the_grouping_does_not_depend_on_the_order(texts: list[str], source: random.Random, similar: bool) -> None:  # noqa: FBT001 - hypothesis passes by position
    order = list(range(len(texts)))
    source.shuffle(order)

    straight = {frozenset(group) for group in clusters(texts, similar=similar)}
    shuffled = clusters([texts[i] for i in order], similar=similar)

    assert {frozenset(order[i] for i in group) for group in shuffled} == straight


@given(st.lists(TEXTS, max_size=8))
def test_every_key_is_in_exactly_one_group(texts: list[str]) -> None:
    assert sorted(i for group in clusters(texts) for i in group) == list(range(len(texts)))


@given(TEXTS)
def test_a_key_is_like_itself(text: str) -> None:
    assert clusters([text, f" {text} "]) == [(0, 1)]


def test_similarity_is_only_used_when_asked_for() -> None:
    assert len(clusters(["the listener", "listener"], similar=False)) == 2


def test_a_number_is_read_as_people_write_it() -> None:
    assert keys.number("1,234.50") == keys.number("1234.5")
    assert keys.number("18.") == 18
    assert keys.number("1,23") is None


@pytest.mark.slow
def test_human_answers_cluster_by_question(open_data: Callable[[str], Path]) -> None:
    pairs = score(boxes(open_data("cmrc2018-retrieval") / "squad-style-data" / "cmrc2018_dev.json"))

    assert pairs.boxes == 1378
    assert pairs.precision >= 0.99
    assert pairs.recall >= 0.98
