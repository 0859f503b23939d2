"""Kafka: classes of its errors, and the names that its protocol has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.diagnosis.codes.rules import Name

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONSTANTS = """
UNKNOWN_SERVER_ERROR OFFSET_OUT_OF_RANGE CORRUPT_MESSAGE UNKNOWN_TOPIC_OR_PARTITION LEADER_NOT_AVAILABLE
NOT_LEADER_OR_FOLLOWER NOT_LEADER_FOR_PARTITION BROKER_NOT_AVAILABLE REPLICA_NOT_AVAILABLE
STALE_CONTROLLER_EPOCH COORDINATOR_LOAD_IN_PROGRESS COORDINATOR_NOT_AVAILABLE NOT_COORDINATOR
RECORD_LIST_TOO_LARGE NOT_ENOUGH_REPLICAS NOT_ENOUGH_REPLICAS_AFTER_APPEND INVALID_REQUIRED_ACKS
ILLEGAL_GENERATION INCONSISTENT_GROUP_PROTOCOL UNKNOWN_MEMBER_ID INVALID_SESSION_TIMEOUT REBALANCE_IN_PROGRESS
TOPIC_AUTHORIZATION_FAILED GROUP_AUTHORIZATION_FAILED CLUSTER_AUTHORIZATION_FAILED UNSUPPORTED_SASL_MECHANISM
ILLEGAL_SASL_STATE TOPIC_ALREADY_EXISTS INVALID_REPLICATION_FACTOR INVALID_REPLICA_ASSIGNMENT NOT_CONTROLLER
UNSUPPORTED_FOR_MESSAGE_FORMAT POLICY_VIOLATION OUT_OF_ORDER_SEQUENCE_NUMBER DUPLICATE_SEQUENCE_NUMBER
INVALID_PRODUCER_EPOCH INVALID_TXN_STATE INVALID_PRODUCER_ID_MAPPING CONCURRENT_TRANSACTIONS
TRANSACTION_COORDINATOR_FENCED TRANSACTIONAL_ID_AUTHORIZATION_FAILED KAFKA_STORAGE_ERROR LOG_DIR_NOT_FOUND
SASL_AUTHENTICATION_FAILED UNKNOWN_PRODUCER_ID REASSIGNMENT_IN_PROGRESS NON_EMPTY_GROUP GROUP_ID_NOT_FOUND
FETCH_SESSION_ID_NOT_FOUND FENCED_LEADER_EPOCH UNKNOWN_LEADER_EPOCH MEMBER_ID_REQUIRED
PREFERRED_LEADER_NOT_AVAILABLE GROUP_MAX_SIZE_REACHED FENCED_INSTANCE_ID ELIGIBLE_LEADERS_NOT_AVAILABLE
PRODUCER_FENCED UNSTABLE_OFFSET_COMMIT THROTTLING_QUOTA_EXCEEDED INCONSISTENT_CLUSTER_ID UNKNOWN_TOPIC_ID
INCONSISTENT_VOTER_SET
"""

_OTHERWISE = {
    "UnknownServerError": "UnknownServerException",
    "NotLeaderForPartition": "NotLeaderOrFollowerException",
    "RecordListTooLarge": "RecordBatchTooLargeException",
    "TopicAuthorizationFailed": "TopicAuthorizationException",
    "GroupAuthorizationFailed": "GroupAuthorizationException",
    "ClusterAuthorizationFailed": "ClusterAuthorizationException",
    "TransactionalIdAuthorizationFailed": "TransactionalIdAuthorizationException",
    "SaslAuthenticationFailed": "SaslAuthenticationException",
    "KafkaStorageError": "KafkaStorageException",
    "TopicAlreadyExists": "TopicExistsException",
    "InvalidProducerIdMapping": "InvalidPidMappingException",
    "OutOfOrderSequenceNumber": "OutOfOrderSequenceException",
    "DuplicateSequenceNumber": "DuplicateSequenceException",
    "NonEmptyGroup": "GroupNotEmptyException",
}
_CLASSES = """
CommitFailedException RecordTooLargeException WakeupException KafkaException OffsetMetadataTooLarge
NoOffsetForPartitionException ProducerFencedException RecordDeserializationException BufferExhaustedException
InconsistentClusterIdException SslAuthenticationException InvalidTopicException NotLeaderForPartitionException
UnknownTopicOrPartitionException LeaderNotAvailableException KafkaStorageException
GroupCoordinatorNotAvailableException NotCoordinatorForGroupException RetriableCommitFailedException
LogDirNotFoundException UnsupportedForMessageFormatException FencedInstanceIdException
"""
_PACKAGE = "apache.kafka."


def _class(constant: str) -> str:
    camel = "".join(part.capitalize() for part in constant.split("_"))
    return _OTHERWISE.get(camel, f"{camel}Exception")


CONSTANTS: Mapping[str, Name] = {name: Name("kafka", _class(name)) for name in _CONSTANTS.split()}
_KNOWN: Mapping[str, Name] = {
    **{name: Name("kafka", _OTHERWISE.get(name.removesuffix("Exception"), name)) for name in _CLASSES.split()},
    **{name.form: name for name in CONSTANTS.values()},
}


def exception(written: str, package: str) -> Name | None:
    """Return which of Kafka's errors a class is: a known one, or any in one of its packages."""
    if known := _KNOWN.get(written):
        return known
    return Name("kafka", written) if _PACKAGE in package else None
