"""What an asker is told of the secrets that were masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Language

PHRASES: Mapping[str, Mapping[Language, str]] = {
    "masked": {"en": "Masked before anything was read: $what.", "zh": "读取之前已遮盖：$what。"},
    "masked_password": {"en": "$count passwords", "zh": "$count 个密码"},
    "masked_password_one": {"en": "1 password", "zh": "1 个密码"},
    "masked_token": {"en": "$count tokens or keys", "zh": "$count 个令牌或密钥"},
    "masked_token_one": {"en": "1 token or key", "zh": "1 个令牌或密钥"},
    "masked_private-key": {"en": "$count private keys", "zh": "$count 个私钥"},
    "masked_private-key_one": {"en": "1 private key", "zh": "1 个私钥"},
    "masked_ip": {"en": "$count addresses", "zh": "$count 个 IP 地址"},
    "masked_ip_one": {"en": "1 address", "zh": "1 个 IP 地址"},
    "masked_host": {"en": "$count host names", "zh": "$count 个主机名"},
    "masked_host_one": {"en": "1 host name", "zh": "1 个主机名"},
    "masked_e-mail": {"en": "$count e-mail addresses", "zh": "$count 个电子邮箱"},
    "masked_e-mail_one": {"en": "1 e-mail address", "zh": "1 个电子邮箱"},
    "masked_phone": {"en": "$count phone numbers", "zh": "$count 个电话号码"},
    "masked_phone_one": {"en": "1 phone number", "zh": "1 个电话号码"},
    "masked_id-number": {"en": "$count ID numbers", "zh": "$count 个身份证号"},
    "masked_id-number_one": {"en": "1 ID number", "zh": "1 个身份证号"},
    "masked_card": {"en": "$count card numbers", "zh": "$count 个银行卡号"},
    "masked_card_one": {"en": "1 card number", "zh": "1 个银行卡号"},
}
"""Key to language to text; `masked_<kind>` for each kind of `bot.diagnosis.placeholders`."""
