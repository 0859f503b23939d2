"""Ten short documents of an invented company, and questions that they answer: (document, question)."""

from __future__ import annotations

TEXTS = {
    "vpn.md": (
        "# Connecting from home\n\nInstall the BridgeGate client from the Software Centre and enter vpn.example.com "
        "as the gateway. Sign in with your staff account and confirm on your phone. A session ends after 12 hours, "
        "or after 45 minutes without traffic. If the client reports an expired certificate, open the Security "
        "Centre and choose Renew certificate while you are in the office."
    ),
    "密码.md": (
        "# 密码与账号\n\n域账号密码每 90 天更换一次，长度不少于 12 位，必须同时包含字母和数字。忘记密码时在登"
        "录页点击“找回密码”，用工号和手机验证码重新设置。连续输错五次会锁定账号三十分钟，也可以拨打服务台分机 "
        "6000 解锁。"
    ),
    "leave.md": (
        "# Annual leave\n\nEmployees have 15 days of annual leave a year, and 20 days after ten years of service. "
        "Leave is requested in PeopleDesk at least five working days ahead and approved by the line manager. Up "
        "to five days can be carried over until the end of March; what is left then expires. Sick leave needs "
        "a doctor's note from the third day on."
    ),
    "报销.md": (
        "# 差旅报销\n\n出差回来后三十天内在报销系统提交申请，附电子发票原件。一线城市住宿标准每晚 650 元，其"
        "他城市 360 元。餐费补贴每天 120 元，不需要发票。单笔超过五千元的由部门负责人和财务总监审批，审批通过"
        "后五个工作日内到账。"
    ),
    "printer.md": (
        "# Printers\n\nEvery floor has a colour printer; hold your badge against the reader and choose Release "
        "all. When the display says Paper jam in tray 2, open the rear door, pull the sheet out slowly and close "
        "the door again. Toner is replaced by the helpdesk, extension 6000."
    ),
    "备份.md": (
        "# 数据库备份\n\n生产库每天凌晨两点做一次全量备份，每小时做一次增量备份，保留三十五天。恢复演练每季度"
        "一次，由值班 DBA 执行。备份失败会发告警到运维群，值班人员必须在十五分钟内确认并重跑任务。"
    ),
    "visitors.md": (
        "# Visitors\n\nRegister guests in the visitor system one day ahead. At the reception they show an identity "
        "card and get a badge that is valid until 18:00. Guests are accompanied at all times and may not enter "
        "the server room. Parking is free in the yard behind tower B."
    ),
    "会议室.md": (
        "# 会议室预订\n\n在日历里选择会议室并填写参会人数即可预订，最多提前两周。开始后十分钟无人签到，系统自"
        "动释放。投影无法显示时，先确认线缆接在 HDMI 口，再按遥控器上的信号源键。视频会议终端的故障请联系多媒"
        "体组。"
    ),
    "tablespace.md": (
        "# Tablespace is full\n\nThe error means that a segment cannot be extended in the tablespace. Check the "
        "free space with dba_free_space, then add a datafile or switch on autoextend for an existing one. If the "
        "disk itself is full, move archived logs to the backup server first."
    ),
    "入职.md": (
        "# 新员工入职\n\n报到当天带身份证、学历证书和一寸照片到人力资源部办理手续，领取工牌和笔记本电脑。试用"
        "期三个月，转正前两周由导师填写评价表。社保和公积金从入职当月开始缴纳。"
    ),
}
"""Documents by name, English and Chinese in turn."""

QUESTIONS = (
    ("vpn.md", "After how many hours does a VPN session end?"),
    ("vpn.md", "Where can I install the BridgeGate client?"),
    ("vpn.md", "The client says that my certificate has expired"),
    ("密码.md", "忘记密码怎么重新设置？"),
    ("密码.md", "密码多久更换一次？"),
    ("密码.md", "输错五次账号被锁定了怎么解锁"),
    ("leave.md", "How many days of annual leave do I have?"),
    ("leave.md", "When do I need a doctor's note for sick leave?"),
    ("报销.md", "一线城市住宿标准是每晚多少元？"),
    ("报销.md", "出差回来多少天内提交报销申请？"),
    ("printer.md", "What should I do when there is a paper jam in tray 2?"),
    ("printer.md", "Who replaces the toner of the printer?"),
    ("备份.md", "生产库的全量备份保留多少天？"),
    ("备份.md", "备份失败的告警要在多长时间内确认？"),
    ("visitors.md", "Where can guests park for free?"),
    ("visitors.md", "How do I register guests in the visitor system?"),
    ("会议室.md", "会议室最多可以提前多久预订？"),
    ("会议室.md", "投影无法显示怎么办"),
    ("tablespace.md", "A segment cannot be extended in the tablespace, how do I add a datafile?"),
    ("入职.md", "新员工报到当天要带什么证书和照片？"),
    ("入职.md", "试用期是几个月？"),
)

UNRELATED = (
    "What is the capital of Australia?",
    "How do I knit a scarf?",
    "Which team won the basketball game last night?",
    "Do you like music?",
    "What is the meaning of life?",
    "Can you write me a poem about the sea?",
    "How many calories are there in a bowl of rice?",
    "Who was the first woman to fly across the ocean alone?",
    "hello there, how are you today",
    "澳大利亚的首都是哪里？",
    "围巾怎么织？",
    "昨天晚上的篮球赛谁赢了？",
    "你喜欢听什么音乐？",
    "帮我写一首关于大海的诗",
    "一碗米饭有多少热量？",
    "红楼梦的作者是谁？",
    "附近有什么好吃的火锅店",
    "人为什么会做梦？",
)
"""Questions that no document of a company answers; none of them is among the shipped ones."""
