"""A page that shows the chats as WeCom would on a phone, with buttons that work and a place to write."""

from tests.fakes.wecom.page.routes import Pages

__all__ = ["Pages"]
