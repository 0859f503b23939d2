"""Log lines that leak: secrets of many kinds in the places where people leave them, among lines that hold none."""

from __future__ import annotations

import base64
import random
import string
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Made = Callable[[random.Random], str]

LETTERS = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log with a secret of a kind in it, or without any where `kind` is empty."""

    text: str
    secret: str = ""
    kind: str = ""


def _of(alphabet: str, least: int, most: int = 0) -> Made:
    return lambda dice: "".join(dice.choices(alphabet, k=dice.randint(least, most or least)))


def _after(prefix: str, made: Made) -> Made:
    return lambda dice: prefix + made(dice)


def _password(dice: random.Random) -> str:
    """Return what people take for a password: a word, digits, and mostly a sign."""
    word = dice.choice(
        ["Tiger", "welcome", "Oracle", "hunter", "Summer", "manager", "Passw0rd", "qwerty", "Zabbix", "cAt"]
    )
    return (
        word + str(dice.randint(10, 99_999)) + dice.choice(["", "!", "#", "_x", "$Q", "-Z", "*", "^", "+", ".9", "~"])
    )


def _base64(size: int) -> Made:
    return lambda dice: base64.b64encode(dice.randbytes(size)).decode()


def _jwt(dice: random.Random) -> str:
    body = base64.urlsafe_b64encode(dice.randbytes(30)).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{body}.{_of(LETTERS + '_-', 43)(dice)}"


def _resident(dice: random.Random) -> str:
    digits = (
        f"{dice.randint(110_000, 659_999)}{dice.randint(1950, 2010)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}"
    )
    digits += f"{dice.randint(0, 999):03}"
    weights = [pow(2, 17 - at, 11) for at in range(17)]
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


def _card(dice: random.Random) -> str:
    digits = dice.choice(["4", "62", "51"]) + "".join(dice.choices(string.digits, k=15))
    digits = digits[:15]
    total = sum(int(d) if at % 2 else sum(divmod(2 * int(d), 10)) for at, d in enumerate(digits))
    whole = digits + str(-total % 10)
    return whole if dice.random() < 0.7 else " ".join(whole[at : at + 4] for at in range(0, 16, 4))


def _mobile(dice: random.Random) -> str:
    digits = f"1{dice.choice('3456789')}{dice.randint(0, 9)}{dice.randint(0, 99_999_999):08}"
    return dice.choice([digits, f"+86{digits}", f"+86 {digits[:3]} {digits[3:7]} {digits[7:]}"])


def _private4(dice: random.Random) -> str:
    a, b, c = dice.randint(0, 255), dice.randint(0, 255), dice.randint(1, 254)
    return dice.choice([f"10.{a}.{b}.{c}", f"192.168.{b}.{c}", f"172.{16 + a % 16}.{b}.{c}"])


def _private6(dice: random.Random) -> str:
    return f"fd{_of(_HEX, 2)(dice)}:{_of(_HEX, 4)(dice)}:{_of(_HEX, 4)(dice)}::{dice.randint(1, 9)}"


def _mail(dice: random.Random) -> str:
    name = dice.choice(["li.wei", "jane_doe", "ops-oncall", "wang", "dba+night"])
    return (
        f"{name}{dice.randint(1, 999)}@{dice.choice(['corp', 'mail', 'db-team'])}.example.{dice.choice(['com', 'cn'])}"
    )


def _pem(dice: random.Random) -> str:
    kind = dice.choice(["RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""])
    body = "\\n".join(_of(LETTERS + "+/", 64)(dice) for _ in range(4))
    return f"-----BEGIN {kind}PRIVATE KEY-----\\n{body}\\n-----END {kind}PRIVATE KEY-----"


KINDS: dict[str, tuple[Made, tuple[str, ...]]] = {
    "mysql -p": (
        _password,
        ("mysql -h db1 -uroot -p{} -P3306 shop", "+ mysqldump --single-transaction -uapp -p'{}' shop"),
    ),
    "long option": (
        _password,
        ("xtrabackup --backup --user=bk --password={} --target-dir=/b", "pg --db-password {} up"),
    ),
    "identified by": (_password, ("CREATE USER app IDENTIFIED BY {};", "alter user 'a'@'%' identified by '{}';")),
    "role": (_password, ("ALTER ROLE app WITH ENCRYPTED PASSWORD '{}'", "CREATE LOGIN app WITH PASSWORD = '{}'")),
    "set password": (_password, ("SET PASSWORD FOR 'app'@'%' = PASSWORD('{}')", "SET PASSWORD = '{}'")),
    "change master": (_password, ("CHANGE MASTER TO MASTER_USER='r', MASTER_PASSWORD='{}', MASTER_PORT=3306",)),
    "jdbc": (
        _password,
        ("url=jdbc:mysql://db:3306/x?user=a&password={}&useSSL=false", "jdbc:oracle:thin:scott/{}@db01:1521:ORCL"),
    ),
    "oracle": (_password, ("connect string scott/{}@orcl rejected", "sqlplus -s system/{}@//db01:1521/ORCL @run.sql")),
    "url": (
        _password,
        (
            "connecting to postgres://app:{}@pg-1.db:5432/shop",
            "mongodb+srv://svc:{}@c0.mongo.net/admin failed",
            "amqp://mq:{}@rabbit:5672/",
        ),
    ),
    "redis url": (_password, ("broker redis://:{}@cache:6379/0 is gone", "rediss://default:{}@cache:6380/1")),
    "go dsn": (_password, ("open root:{}@tcp(db:3306)/x?parseTime=true", "dsn=app:{}@tcp(tidb:4000)/test")),
    "odbc": (_password, ("Server=h;Uid=sa;Pwd={};Encrypt=yes", "Driver={{ODBC}};Server=h;UID=sa;PWD={};")),
    "json": (_password, ('{{"user": "x", "password": "{}", "db": "y"}}', '"{{\\"passwd\\":\\"{}\\",\\"n\\":1}}"')),
    "xml": (_password, ("<password>{}</password>", '<property name="password" value="x"/><password>{}</password>')),
    "properties": (_password, ("spring.datasource.password={}", "db.password: {}", "hibernate.connection.password={}")),
    "environment": (
        _password,
        ("export PGPASSWORD={}", "MYSQL_ROOT_PASSWORD={}", "env REDIS_PASSWORD={} ORACLE_PWD=x1"),
    ),
    "chinese": (_password, ("密码：{}，登录失败", "数据库口令为“{}”", "新密码是{}")),
    "prose": (_password, ("the password for root is {}", "passwd: {} (please rotate)")),
    "redis-cli": (_password, ("redis-cli -h cache -a {} ping", "requirepass {}")),
    "mssql": (_password, ("sqlcmd -S db -U sa -P {} -Q 'select 1'", "bcp t out f -S h -U sa -P '{}'")),
    "curl": (_password, ("curl -s -u admin:{} http://es:9200/_cat", "wget --user a:{} x")),
    "sshpass": (_password, ("sshpass -p '{}' ssh db2", "sshpass -p {} scp f h:")),
    "bearer": (_of(LETTERS + "-._", 24, 60), ("Authorization: Bearer {}", "sent header authorization=Bearer {}")),
    "basic": (_base64(18), ("Authorization: Basic {}", "> authorization: Basic {}")),
    "jwt": (_jwt, ("jwt {} expired", "id_token={}", "使用{}调用失败")),
    "cookie": (_after("sid=", _of(LETTERS, 24)), ("Set-Cookie: {}; Path=/", "Cookie: {}")),
    "session": (_of(LETTERS, 24, 32), ("JSESSIONID={}; Path=/app", "session_id: {}")),
    "api key": (_of(LETTERS, 20, 40), ("api_key: '{}'", "x-api-key:{}", "apikey={}&q=1")),
    "client secret": (_of(LETTERS + "~_", 34, 40), ("client_secret={}", '"clientSecret": "{}"')),
    "aws id": (
        _after("AKIA", _of(string.ascii_uppercase + string.digits, 16)),
        ("key {} was used", "aws_access_key_id = {}"),
    ),
    "aws secret": (_base64(30), ("aws_secret_access_key = {}", "AWS_SECRET_ACCESS_KEY={}")),
    "github": (_after("ghp_", _of(LETTERS, 36)), ("remote: {} denied", "git clone https://{}@github.com/x/y")),
    "gitlab": (_after("glpat-", _of(LETTERS + "_-", 20)), ("PRIVATE-TOKEN: {}", "token {} revoked")),
    "slack": (_after("xoxb-", _of(string.digits + "-", 20, 30)), ("posting with {} failed", "SLACK={}")),
    "slack hook": (_after("T0", _of(LETTERS + "/", 30)), ("POST https://hooks.slack.com/services/{}",)),
    "wecom hook": (_of(_HEX + "-", 36), ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={}",)),
    "google": (_after("AIza", _of(LETTERS + "_-", 35)), ("maps {} over quota", "key={}")),
    "openai": (_after("sk-proj-9", _of(LETTERS, 40)), ("OPENAI_API_KEY={}", "Incorrect API key provided: {}")),
    "aliyun": (_after("LTAI5t", _of(LETTERS, 18)), ("AccessKeyId={}", "oss ak {} forbidden")),
    "tencent": (_after("AKID", _of(LETTERS, 32)), ("secretId: {}", "cos {} denied")),
    "hugging face": (_after("hf_", _of(LETTERS, 34)), ("HF_TOKEN={}", "401 for {}")),
    "npm": (_after("npm_", _of(LETTERS, 36)), ("//npm.example.com/:_authToken={}",)),
    "stripe": (_after("sk_live_", _of(LETTERS, 24)), ("charge with {} failed",)),
    "vault": (_after("hvs.", _of(LETTERS, 90)), ("VAULT_TOKEN={}", "lookup of {} failed")),
    "sendgrid": (lambda dice: f"SG.{_of(LETTERS, 22)(dice)}.{_of(LETTERS + '_-', 43)(dice)}", ("mail {} refused",)),
    "azure": (_base64(64), ("DefaultEndpointsProtocol=https;AccountName=a;AccountKey={};EndpointSuffix=core",)),
    "sas": (_base64(32), ("GET /c/b?sv=2022-11-02&sig={}&se=2024",)),
    "mysql hash": (
        _after("*", _of("0123456789ABCDEF", 40)),
        ("IDENTIFIED WITH mysql_native_password AS '{}'", "{} | root"),
    ),
    "crypt": (_after("$2b$12$", _of(LETTERS + "./", 53)), ("root:{}:19000:0", "hash {}")),
    "scram": (_after("SCRAM-SHA-256$4096:", _base64(16)), ("rolpassword {}", "| {} |")),
    "private key": (_pem, ("key: {}", 'tls.key="{}"')),
    "e-mail": (_mail, ("mail to {} bounced", "user=<{}> locked", "通知{}失败")),
    "mobile": (_mobile, ("sms to {} failed", "手机{}未注册")),
    "resident id": (_resident, ("id card {} not found", "身份证{}重复")),
    "card": (_card, ("card {} declined", "卡号{}无效")),
    "private ip": (_private4, ("host {} is down", "from '{}':3306", "主机{}无法连接", "peer={}:51022")),
    "private ipv6": (_private6, ("on {} port 22", "listen [{}]:5432")),
}
"""Name of a kind → how such a secret is made, and lines with a place for it."""

ORDINARY = (
    "ERROR 1045 (28000): Access denied for user 'app{n}'@'localhost' (using password: YES)",
    "ORA-0{n4}: unable to extend segment by {n} in tablespace USERS_{n}",
    "[Warning] [MY-01{n4}] [Server] Aborted connection {big} to db: 'shop' user: 'app' (Got timeout reading packets)",
    "InnoDB: Log sequence number {big}{n4}; page [page id: space={n}, page number={n4}]",
    'ERROR:  duplicate key value violates unique constraint "orders_pkey_{n}"',
    "DETAIL:  Key (id)=({big}) already exists.",
    "LOG:  checkpoint complete: wrote {n4} buffers ({n}.3%); 0 WAL file(s) added, {n} recycled",
    "at com.example.dao.OrderDao.find{n}(OrderDao.java:{n4}) ~[app-1.{n}.0.jar!/:?]",
    "Caused by: java.sql.SQLException: Io exception: The Network Adapter could not establish the connection",
    "Msg {n4}, Level 16, State {n}, Line {n} Invalid object name 'dbo.t{n}'.",
    "Deadlock found when trying to get lock; try restarting transaction, trx id {big}, query id {n4}",
    "SELECT user, host, plugin FROM mysql.user WHERE user = 'a{n}' AND password_expired = 'N'",
    "UPDATE t{n} SET token_count = token_count + 1 WHERE id IN ({n}, {n4}, {big}) LIMIT {n}",
    "Oracle Database 19c Enterprise Edition Release 19.{n}.0.0.0 - Production",
    "mysqld: ready for connections. Version: '8.0.{n}'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306",
    "kafka.common.errors.NotLeaderForPartitionException topic=orders-{n} partition={n} offset={big}",
    "2024-0{d}-1{d}T0{d}:1{d}:2{d}.{n4}Z pid={n4} tid=0x{hex} elapsed={n}.{n4}ms rows={n4}",
    "wait event 'db file sequential read' P1={n} P2={big} P3=1 SQL_ID={hex}",
    "GET /_cluster/health?level=indices&timeout={n}s 200 {n4} http://localhost:9200",
    "主库 binlog.00{n4} 位点 {big}，从库延迟 {n} 秒",
    "表空间 USERS 使用率 {n}%，请扩容数据文件 /u0{d}/oradata/users{n}.dbf",
    "错误：密码错误次数过多，账号已锁定，请 {n} 分钟后重试",
    "authentication token manipulation error; session {n4} closed; primary key: id{n}",
    "password policy: length {n}, validate_password.policy=LOW, default_password_lifetime={n}",
    "Listening on 127.0.0.1:{n4} and 0.0.0.0:80; DNS 8.8.8.8; commit {hex}{hex}",
    "kernel: Out of memory: Killed process {n4} (mysqld) total-vm:{big}kB, anon-rss:{n4}kB",
    "uuid 3e11fa47-71ca-11e1-9e33-c80aa94{n4}: gtid_executed 1-{big}",
    "redis: MISCONF Redis is configured to save RDB snapshots, but is unable to persist to disk (errno={n})",
    "secret rotation finished, key ring reloaded, {n} keys, cookie jar empty, bearer of errors {n}",
)
"""Lines that hold no secret, some of them about secrets."""


def lines(count: int, seed: int) -> list[Line]:
    """Return so many lines; every second has a secret, of each kind in turn."""
    dice, names = random.Random(seed), list(KINDS)  # noqa: S311 - made-up secrets, the same in every run
    return [_leaking(dice, names[at // 2 % len(names)]) if at % 2 else Line(_ordinary(dice)) for at in range(count)]


def changed(line: Line, masked: str) -> tuple[int, int]:
    """Return how many tokens beside the secret there are, and how many of them the masking changed."""
    beside = line.text.split(line.secret) if line.secret else [line.text]
    ordinary = Counter(" ".join(beside).split()) if not line.secret else Counter(_whole(line))
    left = Counter(masked.split())
    return ordinary.total(), (ordinary - left).total()


def _whole(line: Line) -> list[str]:
    """Return the tokens that hold nothing of the secret."""
    at = line.text.index(line.secret)
    return [*line.text[:at].rpartition(" ")[0].split(), *line.text[at + len(line.secret) :].partition(" ")[2].split()]


def _leaking(dice: random.Random, kind: str) -> Line:
    made, frames = KINDS[kind]
    secret, stamp = made(dice), _stamp(dice)
    frame = dice.choice(frames)
    lead = "" if frame.startswith("requirepass") else stamp
    return Line(lead + frame.format(secret), secret, kind)


def _ordinary(dice: random.Random) -> str:
    values = {"n": dice.randint(1, 99), "n4": dice.randint(1000, 9999), "big": dice.randint(10**6, 10**12)}
    more = {"hex": _of(_HEX, 13)(dice), "d": dice.randint(1, 9)}
    return _stamp(dice) + dice.choice(ORDINARY).format(**values, **more)


def _stamp(dice: random.Random) -> str:
    clock = f"{dice.randint(0, 23):02}:{dice.randint(0, 59):02}:{dice.randint(0, 59):02}"
    return dice.choice(
        [
            f"2024-07-0{dice.randint(1, 9)} {clock},{dice.randint(100, 999)} ",
            f"Jul  2 {clock} db05 app[{dice.randint(300, 9999)}]: ",
        ]
    )
