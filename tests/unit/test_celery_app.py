"""Celery is told to lose nothing: what its settings say, and where `QUORUM_QUEUE` points it."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest
from celery.exceptions import Retry

from bot.errors import ConfigurationError, PostponedError
from bot.settings import load
from workers import broker, celery_app, queues, transport

if TYPE_CHECKING:
    from pathlib import Path

    from celery import Celery

SECRET = "p@ss/word"
ESCAPED = "p%40ss%2Fword"


@pytest.fixture
def app() -> Celery:
    settings = load(queue="redis://localhost:6379/1")
    app = celery_app.make_app(settings)
    celery_app.add_tasks(app, settings, lambda _: None, lambda *_: None)
    return app


@pytest.mark.parametrize("name", [celery_app.HANDLE, celery_app.IMPORT])
def test_a_message_is_acknowledged_when_its_work_is_done(app: Celery, name: str) -> None:
    task = app.tasks[name]

    assert (task.acks_late, task.acks_on_timeout, task.max_retries) == (True, False, None)


def test_a_question_whose_process_died_is_handed_in_again_and_an_import_is_not(app: Celery) -> None:
    lost = {name: app.tasks[name].reject_on_worker_lost for name in (celery_app.HANDLE, celery_app.IMPORT)}

    assert lost == {celery_app.HANDLE: True, celery_app.IMPORT: False}


def test_a_worker_takes_no_more_than_it_works_on(app: Celery) -> None:
    assert app.conf.worker_prefetch_multiplier == 1


def test_only_json_is_read_and_no_result_is_kept(app: Celery) -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None


def test_nobody_stops_workers_through_the_queue(app: Celery) -> None:
    assert not app.conf.worker_enable_remote_control


@pytest.mark.parametrize("timeout_s", [30, 45, 60, 300, 3600])
def test_a_question_ends_before_its_message_goes_to_another_worker(timeout_s: int) -> None:
    hard_s, soft_s = celery_app.time_limits_s(timeout_s)

    assert timeout_s / 2 <= hard_s < timeout_s
    assert 0.8 * hard_s <= soft_s < hard_s


def test_the_text_of_a_question_stands_in_no_header_when_it_is_handed_in_again() -> None:
    settings = load(queue="memory://")
    app = celery_app.make_app(settings)
    celery_app.add_tasks(app, settings, lambda _: None, lambda *_: None)
    task = app.tasks[celery_app.HANDLE]
    task.push_request(id="t", args=[b"a secret"], kwargs={}, delivery_info={}, called_directly=False)
    with app.connection_for_read() as connection:
        queue = app.amqp.queues[celery_app.ANSWER](connection.default_channel)
        queue.declare()
        queue.purge()
        with pytest.raises(Retry):
            celery_app.again_where_asked(task, busy)
        headers = queue.get().headers

    assert headers["task"] == celery_app.HANDLE
    assert "secret" not in str(headers)


def busy() -> None:
    raise PostponedError(1.0, "busy")


def test_an_import_may_take_as_long_as_it_likes(app: Celery) -> None:
    assert app.tasks[celery_app.IMPORT].time_limit is None
    assert app.tasks[celery_app.HANDLE].time_limit == 270


def test_an_import_waits_in_a_queue_of_its_own(app: Celery) -> None:
    assert set(app.amqp.queues) == {"quorum.answer", "quorum.ingest"}
    assert app.conf.task_default_queue == "quorum.answer"


def test_waiting_for_redis_ends_within_three_seconds() -> None:
    options = broker.read("redis://localhost/1", 300).options

    assert options["socket_connect_timeout"] + options["socket_timeout"] < 3
    assert options["max_retries"] == 0


@pytest.mark.parametrize("timeout_s", [2, 30, 300, 86_400])
def test_lost_messages_are_looked_for_often_enough(timeout_s: int) -> None:
    options = broker.read("redis://localhost/1", timeout_s).options

    assert options["visibility_timeout"] == timeout_s
    assert 1 <= options["unacked_restore_interval"] * options["unacked_restore_throttle"] <= 10


def test_a_password_reaches_redis_and_no_message() -> None:
    where = broker.read(f"redis://bot:{ESCAPED}@cache:6380/3", 300)

    assert where.url == f"redis://bot:{ESCAPED}@cache:6380/3"
    assert where.shown == "redis://cache:6380/3"
    assert SECRET not in repr(where)
    assert ESCAPED not in repr(where)


def test_tls_checks_the_certificate(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    where = broker.read(f"rediss://cache/1?ca={tmp_path / 'ca.pem'}", 300)

    assert where.url == "rediss://cache:6379/1"
    assert where.tls == {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_ca_certs": str(tmp_path / "ca.pem")}


def test_sentinels_are_named_in_kombus_way() -> None:
    where = broker.read(f"redis+sentinel://:{ESCAPED}@a:1,b:2/main/4?sentinel_password=inner", 300)

    assert where.url == f"sentinel://:{ESCAPED}@a:1/4;sentinel://:{ESCAPED}@b:2/4"
    assert where.options["master_name"] == "main"
    assert where.options["sentinel_kwargs"]["password"] == "inner"
    assert "inner" not in repr(where)


@pytest.mark.parametrize("scheme", ["redis", "rediss", "redis+sentinel"])
def test_the_mended_transport_is_used(scheme: str) -> None:
    settings = load(queue=f"{scheme}://:pw@localhost:1/main/1" if "sentinel" in scheme else f"{scheme}://localhost/1")
    connection = celery_app.make_app(settings).connection_for_read()

    assert connection.get_transport_cls().__module__ == transport.__name__


def test_a_queue_inside_of_the_server_cannot_be_opened() -> None:
    with pytest.raises(ConfigurationError, match="QUORUM_QUEUE=redis://host:6379/1"):
        queues.open_dispatcher(load(queue="inline://"))


def test_an_address_that_cannot_be_meant_names_the_setting_and_no_password() -> None:
    with pytest.raises(ConfigurationError, match="QUORUM_QUEUE") as caught:
        queues.open_dispatcher(load(queue="redis://:hush@host:port/1"))

    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("url", ["amqp://:hush@host", "redis:/:hush@host", "hush", ""])
def test_an_unknown_queue_is_refused_with_those_that_are_known(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"QUORUM_QUEUE.*inline://, redis://") as caught:
        load(queue=url)

    assert "hush@" not in str(caught.value)
