"""Words by which one failure is told to cause others, to follow from others, or only to wrap another, in zh and en."""

from __future__ import annotations

import re

from bot.diagnosis.logs.alternatives import any_of

_CAUSES = (
    # what runs out
    r"no space left|disk (?:is )?(?:full|quota)|device is full|not enough (?:space|memory|disk)"
    r"|insufficient (?:disk|memory|space)"
    r"|out of (?:memory|disk|undo|shared memory)|oom[-_ ]?kill|outofmemory|cannot allocate|can't allocate"
    r"|killed process"
    r"|heap space|gc overhead|metaspace|oomkilled|too many open files|too many (?:connections|clients)"
    r"|maximum number of"
    r"|remaining connection slots|unable to extend|unable to allocate|snapshot too old|limit exceeded"
    r"|exceeds? (?:limit|the limit"
    r"|maximum|the maximum)|(?:log|database|filegroup|disk|space|area|tablespace|archive|buffer) .{0,60}(?:is"
    r"|are) full"
    r"|log full|\benospc|\bemfile|\benomem|memory limit|maxmemory|watermark|recovery_file_dest|readonly memory|quota"
    r"|(?:tenant|memstore|clog).{0,40}(?:memory|disk|full)|stack ?overflow|allocate memory failed|wraparound"
    r"|exhaust(?:ed|ion)|(?:running|was|is|too) low on|heap limit|overflow|(?:buffer|queue|memory|size"
    r"|rate) limits?|file too large|argument list too long"
    r"|(?<!deadline )(?<!timeout )(?<!time )(?<!interval )exceed(?:s|ed|ing)?\b"
    # what is broken
    r"|corrupt|checksum|torn page|input/output error|i/o error|read-?only file ?system|bad (?:magic|block"
    r"|page)|invalid page"
    r"|medium error|hardware error|segfault|signal 11|assertion fail|internal error code|malformed|divergen|crc"
    r"|missing (?:chunk|file|log|segment)|not a valid|(?:bad|wrong|unexpected|unknown"
    r"|invalid) (?:[\w-]{1,20} )?(?:format|header|magic|signature|memory address)"
    r"|structure needs cleaning|stale file handle|nil pointer|data_loss"
    # who may not
    r"|permission denied|access denied|access is denied|insufficient privilege|not authorized|unauthorized"
    r"|authentication fail"
    r"|password (?:has |is )?expired|account is locked|login failed|invalid username|wrongpass|noauth|noperm"
    r"|password authentication"
    r"|certificate|pkix|x509|no pg_hba|imagepullbackoff|pull access|forbidden|lacks? privilege|\bacl\b"
    r"|\bexpired\b|(?:unable to|cannot|could not|failed to) (?:un)?lock|permission_denied|unauthenticated"
    r"|operation not permitted"
    r"|read[- ]?only (?:replica|mode|transaction|option|file|node|database|index)|super-read-only"
    # what is not there or not fitting
    r"|does(?: not|n't) exist|no such|not found|unknown (?:column|table|database|variable|host|option"
    r"|parameter|system)|undefined"
    r"|name or service not known|could not translate host|unknownhost|no route to host|network is unreachable"
    r"|address already in use"
    r"|cannot assign requested|syntax error|parse error|incompatible|not compatible|unsupported"
    r"|version mismatch|unrecognized"
    r"|duplicate (?:key|entry)|unique constraint|violates|constraint .{0,60}violat|deadlock|null ?pointer"
    r"|nonetype|division by zero"
    r"|divisor is equal|out of range|(?<!took )(?<!taking )too long"
    r"|too (?:large|low|small|old|open|short|big|deep|new|high|far|few|much)|data truncat"
    r"|cannot be null|invalid (?:value|input|argument|configuration"
    r"|number|identifier|object|index|date|parameter|byte|mode)|must be|misconf|crossslot|wrongtype"
    r"|clock skew|clock .{0,40}(?:synchron|differ)"
    r"|class ?not ?found|nosuch|importerror|modulenotfound|no module named|keyerror|attributeerror|typeerror"
    r"|valueerror"
    r"|purged|could not find first log file|same server|uuids|cluster ?id|inconsistentcluster"
    r"|not enough (?:in-sync|replicas)"
    r"|notenoughreplicas|recordtoolarge|offsetoutofrange|does not match|mismatch|immutable|already exists"
    r"|already_exists|failed_precondition|precondition[ _]failed"
    r"|inequivalent|conflict(?:s|ed|ing)?\b|(?:bigger|larger|greater|longer|less|smaller|higher|lower|older"
    r"|newer) than|expected .{1,60} (?:but|got|found|was|actual)|(?:not|n't) support(?:ed)?|not allowed"
    r"|using this directory|in use by|held by|can't encode|can't decode|codec|unicode(?:en|de)code|numberformat"
    r"|classcast|outofbounds|indexerror|zerodivision|nameerror"
    r"|assertionerror|arithmeticexception|recursionerror|memoryerror|permissionerror|filenotfound|unsupportedoperation"
    r"|illegalargument|invalid_argument|unimplemented|cannot be loaded|could not load|cannot load"
    r"|cannot open shared object"
    r"|name is already"
    r"|lock wait timeout|resource busy|could not obtain lock|object is locked|nowait|long running|wrong number"
    # errno's texts (glibc, strerror) and the conditions of SQL's states
    r"|device or resource busy|text file busy|exec format|resource temporarily unavailable|no such device|file exists"
    r"|not a directory|is a directory|right truncation|numeric value|field overflow|invalid datetime|datatype mismatch"
    r"|collation|character set|charset|encoding|ambiguous|recursion|duplicate|dimension|unterminated|unbalanced"
    r"|not[- ]null|referential|foreign key|check constraint|lock not available|limit reached|reached (?:its|the) limit"
    # the same in Chinese
    r"|空间不足|磁盘.{0,6}(?:已?满|不足)|内存不足|内存溢出|无法分配|打开的?文件(?:数)?过多|连接数?过多|连接槽|无法(?:通过|扩展)|已满|损坏|校验"
    r"|权限不(?:够|足)|权限被拒绝|拒绝访问|认证失败|登录失败|密码.{0,6}(?:错误|过期|失败)|不存在|找不到|未找到|语法错误|重复(?:键|值)?|违反|死锁|除零|除以零"
    r"|除数为|过长|太长|超出.{0,6}(?:范围|限制|长度)|超过.{0,10}(?:限制|上限|最大)|不兼容|版本不|地址已(?:在|被)使用|证书|不能为空|无效的|唯一性?约束|锁等待超时"
    r"|只读|输入/输出错误|时钟|不匹配|磁盘满|没有那个文件|没有空间|打开的文件太多|没有到主机的路由|过期|过低|过大|太大|过小|过旧|耗尽|不支持|值太长|不允许|冲突|超出全局"
    r"|资源忙|文件已存在|无法指定|网络不可达|磁盘限额|暂时不可用|截断|编码|字符集|外键|非空|未授权|没有权限|没有访问权限|授权.{0,6}(?:失败|到期)|到期|不一致|缺少|缺失|未定义|未配置"
    r"|超出.{0,12}(?:空间|内存|最大|上限)|格式(?:错误|不正确)|非法|用尽|溢出"
)
_CONSEQUENCES = (
    r"shut(?:ting)? ?down|terminat|abort|rolled? ?back|exit(?:ed|ing|s)? (?:with|code|status)|exit code"
    r"|process exited|retr(?:y|ies)"
    r"|giving up|restart|back-?off|crash ?loop|unhealthy|probe failed|health ?check|broken pipe|(?:connection"
    r"|session|client|channel"
    r"|socket|link|stream|peer|server|master|node|host|broker)s? .{0,30}(?:reset|closed|lost|abort|terminated"
    r"|dropped|disconnected|gone away|down|died)"
    r"|lost connection|closed connection|server closed|communications? link|end-of-file on communication"
    r"|end of file|not connected"
    r"|upstream|bad gateway|service unavailable|gateway time|\b50[0234]\b|timed? ?out|timeout|deadline exceeded"
    r"|(?:connection|pool|leader|node|service|coordinator|backend|cluster|replica) .{0,30}(?:is "
    r"|are )?not available|unavailable"
    r"|transaction is aborted|current transaction|in recovery|recovery mode|starting up|not (?:yet )?(?:ready"
    r"|open)|dependency failed"
    r"|marked? .{0,20}(?:down|dead|failed|suspect|offline)|failing over|failover|re-?elect|rebalanc"
    r"|shrinking isr|fenc|evict|quarantin"
    r"|failed to (?:complete|process|execute|handle|commit|start|initiali[sz]e|load|send|refresh|submit|flush"
    r"|sync|update|save|fetch|get|connect)"
    r"|(?:job|task|request|batch|statement|backup|replication|plugin|command|unit"
    r"|main process) .{0,60}(?:fail|abort|stopp|end)"
    r"|error occurred|unhandled|uncaught|error (?:while|during|when|processing|executing|running|handling)"
    r"|unable to (?:complete|process|acquire|start)"
    r"|startup failed|start(?:up)? .{0,20}fail|cannot start|could not start|not started|stopped|stopping|\bdumped"
    r"|\bcore dump|see (?:above|log|messages|the)"
    r"|pq: |sql error|will (?:be )?(?:retried|retry)|rejected|circuit|degraded|no (?:healthy|live|leader"
    r"|primary|available)|lagg?ing|slow|took too long"
    r"|cleaning up|another server process|disconnect|connection refused|could not connect|can(?:no"
    r"|')t connect|unable to connect|refused"
    r"|断开|重置|连接.{0,10}(?:关闭|丢失|中断|失败|终止|拒绝)|超时|回滚|退出|重试|终止|中止|不可用|放弃|停止|重启|关闭|启动失败|执行失败|任务失败|处理失败|提交失败|调用失败"
    r"|(?:failed|failure|失败)(?:[:：] ?-?\d{0,6})?[.。!！]?$|恢复模式|不响应|告警|中断|意外|异常结束|失败"
    r"|\b(?:ora-0*(?:603|1092|3113|3114|3135|1034|27101|12801|604|4088|6512|1110|2063|28|1012|3150|16038"
    r"|16014|1033|15130|12170|12537"
    r"|12547|12514|12571|20000|39083|31693|2374|2373|2372|17627|48913)\b|tns-0*(?:12560|505|502|12547|12518|12570)\b"
    r"|rman-0*(?:3002|3009|571|569|579|3015|10038|600|3012|1008|558|1005|1009|1007|554|3014|6004|10035"
    r"|10031)\b|25p02|57p0[123]|40003)"
)
_WRAPPERS = re.compile(
    r"ORA-0*(?:604|6512|12801|4088|1110|6553|31693|39083|2063|39001|39000|29913|29400|3150|15130|65024|312)\b"
    r"|RMAN-0*(?:3002|3009|571|569|579|3015|10038|558|1005|1008|1009|1007|554|3014|10035|10031|600|3012|6004)\b"
    r"|TNS-0*(?:12560|502|505|12518|12547)\b"
)
_NOISES = (
    r"aborted connection|got (?:an error|timeout) (?:reading|writing)|client .{0,30}closed connection"
    r"|unexpected eof on client"
    r"|connection reset by peer|could not (?:receive|send) data (?:from|to) client|incomplete startup packet"
    r"|deprecat|slow (?:query|log|request)"
    r"|client (?:disconnected|prematurely)|favicon|robots\.txt|\b404\b"
    r"|ip address .{0,60}could not be resolved|invalid user\b|failed password"
    r"|checkpoints are occurring too|is taking too long|self-signed|already exists, skipping"
    r"|hosts? .{0,20}resolve|opportunistic|heartbeat"
    r"|unsupported protocol|bad packet length|probing|\bscan(?:ner)?\b|feature is deprecated|will be removed"
    r"|unrecognized (?:configuration )?key"
    r"|\bweak|vm\.max_map|transparent huge|overcommit_memory|tcp backlog|soft limit|rlimits|insecure"
    r"|is not (?:recommended|set)"
    r"|客户端.{0,10}(?:断开|关闭|中断)|慢查询|弃用|过时"
)
_UNREACHED = re.compile(
    r"name or service not known|could not translate host|unknownhost|enotfound|no route to host|network is unreachable"
    r"|temporary failure in name resolution|no such host|找不到主机|没有到主机的路由"
)
_CAUSE, _CONSEQUENCE, _NOISE = map(any_of, (_CAUSES, _CONSEQUENCES, _NOISES))


def is_cause(message: str) -> bool:
    """Tell whether a message says what ran out, broke, is forbidden, or is not there: nothing else need have failed."""
    return _CAUSE.search(message.lower()) is not None


def causes(message: str) -> int:
    """Return how many different words of a cause a message has."""
    return len({match[0] for match in _CAUSE.finditer(message.lower())})


def is_consequence(message: str) -> bool:
    """Tell whether a message reports what happens after something else failed."""
    return _CONSEQUENCE.search(message.lower()) is not None


def is_unreached(message: str) -> bool:
    """Tell whether a message only says that a peer was not reached, which something else may well have caused."""
    return _UNREACHED.search(message.lower()) is not None


def is_wrapper(message: str) -> bool:
    """Tell whether a line of a stack only says where, or in what, the error of another line happened."""
    return _WRAPPERS.search(message) is not None


def is_noise(message: str) -> bool:
    """Tell whether a message stands in many healthy logs."""
    return _NOISE.search(message.lower()) is not None
