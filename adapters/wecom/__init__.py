"""WeCom (企业微信) as a messenger: the self-built app and the AI bot, by callback and by long connection."""
