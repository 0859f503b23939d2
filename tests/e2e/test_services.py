"""The scripts that start real services on a bare machine, and the servers that fault tests own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import redis
from elasticsearch import Elasticsearch

from scripts.services import elasticsearch as elasticsearch_service
from scripts.services import java
from scripts.services.redis import Redis, empty_database
from scripts.services.server import ServiceError

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.services.elasticsearch import Elasticsearch as ElasticsearchServer


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scripts.services", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def client(server: Redis) -> redis.Redis:
    return redis.Redis.from_url(server.url, socket_timeout=0.3, retry=None)


def jdk(folder: Path, version: str) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").touch()
    (folder / "release").write_text(f'IMPLEMENTOR="Someone"\nJAVA_VERSION="{version}"\n')
    return folder


def test_a_server_that_runs_is_not_started_again(own_redis: Redis) -> None:
    other = Redis(own_redis.folder)

    assert not other.start()
    assert other.url == own_redis.url


def test_of_two_that_start_a_server_at_once_one_does(own_redis: Redis) -> None:
    own_redis.stop()

    with ThreadPoolExecutor(2) as threads:
        started = list(threads.map(lambda server: server.start(), [own_redis, Redis(own_redis.folder)]))

    assert sorted(started) == [False, True]


@pytest.mark.parametrize("end", [Redis.stop, Redis.kill])
def test_a_server_comes_back_with_its_data_on_its_port(own_redis: Redis, end: object) -> None:
    before = own_redis.url
    with client(own_redis) as connection:
        connection.set("kept", "yes")

    end(own_redis)
    ended = own_redis.answers()
    own_redis.start()

    assert not ended
    assert own_redis.url == before
    with client(own_redis) as connection:
        assert connection.get("kept") == b"yes"


def test_a_paused_server_answers_when_it_goes_on(own_redis: Redis) -> None:
    own_redis.pause()
    with client(own_redis) as connection, pytest.raises(redis.TimeoutError):
        connection.ping()

    own_redis.resume()

    with client(own_redis) as connection:
        assert connection.ping()


def test_a_paused_server_can_be_stopped(own_redis: Redis) -> None:
    own_redis.pause()

    assert own_redis.stop()
    assert own_redis.members() == []


def test_a_port_that_another_program_holds_is_named(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]

        with pytest.raises(ServiceError, match=f"port {port} is taken"):
            Redis(tmp_path, port).start()


def test_a_server_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path, own_redis: Redis) -> None:
    own_redis.stop()

    with pytest.raises(ServiceError, match="maxmemory"):
        Redis(tmp_path, options={"maxmemory": "plenty"}).start()


def test_two_borrowers_get_two_databases(own_redis: Redis) -> None:
    with empty_database(own_redis.url) as one, empty_database(own_redis.url) as other:
        assert one != other


def test_a_borrowed_database_is_empty_afterwards(own_redis: Redis) -> None:
    with empty_database(own_redis.url) as database, redis.Redis.from_url(database) as connection:
        connection.set("left", "behind")

    with redis.Redis.from_url(database) as connection:
        assert connection.dbsize() == 0


def test_a_database_with_keys_of_someone_else_is_not_lent(own_redis: Redis) -> None:
    with empty_database(own_redis.url) as database:
        pass
    with redis.Redis.from_url(database) as connection:
        connection.set("precious", "key")

    with empty_database(own_redis.url) as lent:
        assert lent != database


def test_a_url_in_the_environment_is_checked_and_nothing_is_started(own_redis: Redis) -> None:
    run = command("start", "redis", REDIS_URL=own_redis.url)

    assert run.returncode == 0, run.stderr
    assert f"{own_redis.url}  (answers; given by REDIS_URL)" in run.stdout


@pytest.mark.parametrize(("service", "scheme"), [("redis", "redis"), ("elasticsearch", "http")])
def test_a_url_where_nothing_answers_fails_without_showing_its_password(service: str, scheme: str) -> None:
    run = command("check", service, **{f"{service.upper()}_URL": f"{scheme}://someone:hunter2@127.0.0.1:9/"})

    assert run.returncode == 1
    assert f"answers at '{scheme}://127.0.0.1:9/'" in run.stderr
    assert "hunter2" not in run.stderr + run.stdout


def test_the_newest_jdk_is_taken_and_a_named_one_before_it(tmp_path: Path) -> None:
    for name, version in [("old", "17.0.15"), ("newest", "25.0.3"), ("new", "21.0.1"), ("ancient", "1.8.0_402")]:
        jdk(tmp_path / "jvm" / name, version)
    named = jdk(tmp_path / "named", "22")

    assert java.home({}, tmp_path / "jvm").name == "newest"
    assert java.home({"JAVA_HOME": str(tmp_path / "jvm" / "old")}, tmp_path / "jvm").name == "newest"
    assert java.home({"ES_JAVA_HOME": str(named)}, tmp_path / "jvm") == named


def test_without_a_new_enough_jdk_the_message_says_what_to_install(tmp_path: Path) -> None:
    jdk(tmp_path / "old", "17.0.15")

    with pytest.raises(ServiceError, match=r"needs Java 21; found 17 in '.*old'. Install a JDK"):
        java.home({}, tmp_path)


def test_without_maven_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elasticsearch_service, "PROGRAM", tmp_path / "absent")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("ES_JAVA_HOME", str(jdk(tmp_path / "jdk", "21")))

    with pytest.raises(ServiceError, match="apt-get install maven"):
        elasticsearch_service.fetch()


def test_a_font_with_chinese_characters_is_fetched_and_is_no_server(chinese_font: Path) -> None:
    run, stopped = command("start", "fonts"), command("stop", "fonts")

    assert (run.returncode, stopped.returncode) == (0, 2)
    assert f"{chinese_font}  (is here)" in run.stdout
    assert "known are elasticsearch, redis\n" in stopped.stderr


def test_an_unknown_service_is_named_with_the_known_ones() -> None:
    run = command("start", "mysql")

    assert run.returncode == 2
    assert "unknown service 'mysql'; known are elasticsearch, redis, fonts" in run.stderr


def test_elasticsearch_comes_back_in_a_private_folder_with_its_data_on_its_port(
    own_elasticsearch: ElasticsearchServer,
) -> None:
    before = own_elasticsearch.url
    assert (
        not own_elasticsearch.folder.parent.stat().st_mode & 0o077
    )  # as root: a user who is not root gets in all the same
    with Elasticsearch(before, request_timeout=60) as connection:
        connection.index(index="kept", id="1", document={"word": "yes"})

    own_elasticsearch.kill()
    own_elasticsearch.start()

    assert own_elasticsearch.url == before
    with Elasticsearch(before, request_timeout=60) as connection:
        assert connection.get(index="kept", id="1")["_source"] == {"word": "yes"}


def test_an_index_is_deleted_with_those_whose_names_begin_like_its_name(elasticsearch_url: str) -> None:
    with Elasticsearch(elasticsearch_url) as connection:
        with elasticsearch_service.own_name(elasticsearch_url) as name:
            connection.indices.create(index=name)
            connection.indices.create(index=f"{name}-2")

        assert connection.indices.get(index=f"{name}*") == {}


def test_the_shared_redis_lends_an_empty_database(redis_database: str) -> None:
    with redis.Redis.from_url(redis_database) as connection:
        assert connection.dbsize() == 0
