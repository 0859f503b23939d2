"""A WeCom to test against: server API, callbacks and long connection on a real port, strict as WeCom, rude on order."""

from tests.fakes.wecom.fake import FakeWeCom
from tests.fakes.wecom.seen import Seen

__all__ = ["FakeWeCom", "Seen"]
