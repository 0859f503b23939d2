"""Which product wrote a log, in which version, and which part of it an event comes from, by their marks."""

from __future__ import annotations

import re

_PRODUCTS = (
    (
        "oceanbase",
        (
            r"(?i:observer|oceanbase|\bob_?proxy|\bobclient)"
            r"|\[(?:SQL|STORAGE|RPC|SERVER|CLOG|PALF|RS|COMMON|TRANS)[.\w]{0,20}\] "
        ),
    ),
    (
        "tidb",
        (
            r"(?i)\btidb\b|\btikv\b|\bpd-server|Out Of Memory Quota!|\[(?:kv|planner|executor|ddl|types|tikv"
            r"|schema):\d{4}\]|\[\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d\d:\d\d\] \["
        ),
    ),
    ("oracle", r"\b(?:ORA|TNS|RMAN|CRS|PLS|KUP|LRM)-\d{4,5}|alert_\w+\.log|\bLGWR\b|\bSMON\b|Errors in file"),
    ("mariadb", r"(?i)mariadb|\bwsrep"),
    (
        "mysql",
        (
            r"(?i)mysqld?\b|\[MY-\d{6}\]|\bInnoDB\b|\bERROR \d{4} \([0-9A-Z]{5}\)"
            r"|SQLSTATE\[\w{5}\](?: \[\d{4}\]|:[^:]{1,80}: \d{4} )|\((?:1[0-9]|20|3[0-9])\d\d, ['\"]"
        ),
    ),
    (
        "sqlserver",
        (
            r"(?i)sql ?server|deadlocked on lock|SqlException \(0x80131904\)|\bspid\d+s?\b"
            r"|\bMsg \d+, Level \d+|Error: \d+, Severity: \d+|消息 \d+，级别"
        ),
    ),
    ("db2", r"(?i)\bdb2\w*\b|\bSQL\d{4,5}[NCW]\b|db2diag|FUNCTION: DB2 UDB"),
    (
        "dameng",
        (
            r"(?i)\bdmserver\b|\bDM (?:Database|Server)\b|dm_sys_halt|dmdata|达梦|dm\.jdbc|jdbc:dm:"
            r"|\bdatabase P\d{7} T\d{10,}"
        ),
    ),
    ("gaussdb", r"(?i)opengauss|gaussdb|gaussmaster|\d  ?\[BACKEND\] |\bgs_ctl\b|\bgaussdb\b"),
    (
        "postgresql",
        (
            r"(?i)postgres|\bpg_\w+|(?:LOG|ERROR|FATAL|PANIC|STATEMENT|DETAIL|HINT|日志|致命错误|语句):  |PSQLException"
            r"|psql:|pgbouncer|pooler error|\",\"(?:client backend|autovacuum worker|checkpointer)\","
        ),
    ),
    ("redis", r"(?i)\bredis\b|^\d{1,7}:[MSCX] \d\d [A-Z]|MISCONF|CLUSTERDOWN|CROSSSLOT|LOADING Redis|\bRDB\b"),
    ("mongodb", r"(?i)mongo[ds]?\b|WiredTiger|\bE11000\b|\"t\":\s?\{\"\$date\""),
    ("elasticsearch", r"(?i)elasticsearch|\[o\.e\.|org\.elasticsearch|opensearch"),
    ("kafka", r"(?i)\bkafka\b|org\.apache\.kafka|\(kafka\.|__consumer_offsets|ReplicaManager"),
    ("nginx", r"(?i)\bnginx\b|\d+#\d+: \*?\d*|upstream: \""),
    (
        "kubernetes",
        (
            r"(?i)kubelet|kube-|\bpod\b|CrashLoopBackOff|\bk8s\b|quota: |replica_set\.go|pod_workers\.go"
            r"|containerd|OOMKilled|Back-off"
        ),
    ),
    ("etcd", r"(?i)\betcd\b|etcdserver|\"caller\":\"(?:etcd|raft|mvcc|wal)"),
    ("zookeeper", r"(?i)zookeeper|QuorumPeer"),
    ("rabbitmq", r"(?i)rabbit|amqp|reply-code=\d+, reply-text"),
    ("clickhouse", r"(?i)clickhouse|DB::Exception"),
    ("linux", r"(?i)\bkernel:|systemd\[|^\[ *\d+\.\d{6}\]|\bsshd\["),
    ("java", r"^\s+at [\w.$/<>]+\(|java\.|\bjavax\.|org\.springframework|Caused by: "),
    ("nodejs", r"npm ERR!|\(node:|node:internal|\.js:\d+:\d+\)"),
    ("python", r"Traceback \(most recent call last\)|^  File \"|\bdjango\b|\bsqlalchemy\b|\bcelery\b"),
    ("go", r"\bgoroutine \d+ \[|\bpanic: |\.go:\d+|\bx509: "),
)
_GENERAL = frozenset({"kubernetes", "linux", "java", "python", "go", "nodejs"})
_PATTERNS = tuple((name, re.compile(pattern)) for name, pattern in _PRODUCTS)
_VERSION = re.compile(
    r"(?i)(?:version|release|\bver\.?|版本|starting as process|server|postgresql|mysqld?|mariadb|redis|mongodb?|kafka"
    r"|elasticsearch|oceanbase(?:_ce)?|tidb|nginx|db2|observer|opengauss)[\s:=\"'(/_-]{1,4}(?:release "
    r"|\w{1,12} version |version )?"
    r"v?(?P<version>\d{1,2}(?:\.\d{1,4}){1,4}(?:-\w{1,12})?|\d{2}c)\b"
)
_COMPONENT = re.compile(
    r"\[MY-\d{6}\] \[(?P<mysql>\w{2,30})\]|FUNCTION: (?P<db2>[^,\n]{3,60}(?:, [^,\n]{3,40})?)"
    r"|^[FEWID] +(?P<mongo>[A-Z]{2,10}) +\[|\"c\":\s?\"(?P<json>[A-Z]{2,12})\""
    r"|\[(?!ERROR|WARN|INFO|FATAL|DEBUG|NOTICE|TRACE)(?P<ob>(?:[A-Z]{2,10})(?:\.[A-Z_]{2,20})?)\] "
    r"|\[(?P<file>[\w-]{1,60}\.(?:go|rs|cpp|c|cc)):\d+\]"
    r"|\]\[(?P<es>o\.[\w.]{3,60}) *\]|\((?P<kafka>(?:kafka|org\.apache)\.[\w.$]{3,80})\)$"
    r"|(?:^|[\s\]])(?P<java>(?:[a-z]\w{0,30}\.){2,10}[A-Z]\w{1,80})(?=\s*[:\]-]|\s*\()"
    r"|\bspid\w+ +(?P<sql>Server|Backup|Logon)\b|^ *- (?P<python>[\w.]{2,60}) - "
)


def product(texts: list[str]) -> str:
    """Return the product whose marks most of the texts bear, the more special one where two do; empty for none."""
    counts = {name: sum(1 for text in texts if pattern.search(text)) for name, pattern in _PATTERNS}
    if any(count for name, count in counts.items() if name not in _GENERAL):
        counts = {name: count for name, count in counts.items() if name not in _GENERAL}
    best = max(counts.values(), default=0)
    return next((name for name, count in counts.items() if best and count >= best * _NEARLY), "")


_NEARLY = 0.6
"""A special product wins with this share of the marks of a general one, such as Java's."""


_VARIANTS = {
    "gaussdb": {"postgresql"},
    "oceanbase": {"mysql", "oracle"},
    "mariadb": {"mysql"},
    "tidb": {"mysql"},
}
"""Products that speak like others."""


def source(text: str, log: str) -> str:
    """Return the product that a part of a log comes from, where the whole log's is `log`: often that, not always."""
    own = product([text])
    if not own or own in _VARIANTS.get(log, ()):
        return log
    return log if own in _RUNTIMES and log else own


_RUNTIMES = frozenset({"java", "python", "go", "nodejs"})


def version(text: str) -> str:
    """Return the version that a line names beside a product or the word, or nothing."""
    match = _VERSION.search(text)
    return match["version"] if match else ""


def owner(text: str) -> str:
    """Return the product whose version a line names; empty where it does not say whose, or only that of a runtime."""
    own = product([text])
    return "" if own in _GENERAL else own


def component(text: str) -> str:
    """Return the part of the product that an event says it comes from, or nothing."""
    match = _COMPONENT.search(text)
    return match[match.lastgroup or 0] if match else ""
