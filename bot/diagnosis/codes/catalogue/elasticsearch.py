"""Elasticsearch and OpenSearch: types of errors in a reply, which are the classes in a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.diagnosis.codes.rules import Name

if TYPE_CHECKING:
    from collections.abc import Mapping

_OWN = """
index_not_found_exception cluster_block_exception es_rejected_execution_exception circuit_breaking_exception
resource_already_exists_exception resource_not_found_exception mapper_parsing_exception
document_parsing_exception strict_dynamic_mapping_exception version_conflict_engine_exception
search_phase_execution_exception no_shard_available_action_exception unavailable_shards_exception
master_not_discovered_exception not_master_exception node_not_connected_exception node_disconnected_exception
no_node_available_exception receive_timeout_transport_exception connect_transport_exception
remote_transport_exception process_cluster_event_timeout_exception failed_to_commit_cluster_state_exception
index_closed_exception invalid_index_name_exception invalid_alias_name_exception snapshot_missing_exception
snapshot_restore_exception snapshot_exception repository_exception repository_missing_exception
repository_verification_exception concurrent_snapshot_execution_exception shard_not_found_exception
index_shard_closed_exception index_shard_not_started_exception recovery_failed_exception
recover_files_recovery_exception search_context_missing_exception query_shard_exception
too_many_clauses_exception too_many_buckets_exception script_exception general_script_exception
translog_corrupted_exception translog_exception engine_exception elasticsearch_status_exception
elasticsearch_security_exception elasticsearch_parse_exception elasticsearch_timeout_exception
action_request_validation_exception already_expired_exception coordination_state_rejected_exception
node_closed_exception retention_lease_not_found_exception task_cancelled_exception alias_not_found_exception
document_missing_exception routing_missing_exception x_content_parse_exception aggregation_execution_exception
type_missing_exception flush_failed_engine_exception
"""
_SHARED = """
illegal_argument_exception parse_exception parsing_exception security_exception null_pointer_exception
json_parse_exception timeout_exception validation_exception access_control_exception number_format_exception
runtime_exception status_exception cluster_exception arithmetic_exception class_cast_exception
illegal_state_exception i_o_exception io_exception
"""
"""Types that other programs' classes share: only as Elasticsearch writes them."""

_PACKAGES = ("elasticsearch.", "opensearch.")


def _squeezed(name: str) -> str:
    return name.replace("_", "").lower()


_KNOWN: Mapping[str, Name] = {_squeezed(name): Name("elasticsearch", name) for name in _OWN.split()}
_TYPES: Mapping[str, Name] = {name: Name("elasticsearch", name) for name in _SHARED.split()}


def exception(written: str, package: str) -> Name | None:
    """Return which error a type or a class is: a known one, or any class in one of its packages."""
    if known := _KNOWN.get(_squeezed(written)) or _TYPES.get(written):
        return known
    if any(own in package for own in _PACKAGES) and written[:1].isupper():
        return Name("elasticsearch", _snake(written))
    return None


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
