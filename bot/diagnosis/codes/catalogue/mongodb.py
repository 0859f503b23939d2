"""MongoDB: numbers and names of the server's errors, and classes of its drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.diagnosis.codes.normal import nonzero
from bot.diagnosis.codes.rules import STOP, Family, Name, Rule, after, alone

if TYPE_CHECKING:
    from collections.abc import Mapping

FAMILIES: Mapping[str, Family] = {
    "MONGO": Family("mongodb", 1, most=6),
    "MONGODB": Family("mongodb", 1, most=6, form="MONGO"),
}

_NUMBERS = {
    "InternalError": 1,
    "BadValue": 2,
    "HostUnreachable": 6,
    "HostNotFound": 7,
    "UnknownError": 8,
    "FailedToParse": 9,
    "UserNotFound": 11,
    "Unauthorized": 13,
    "TypeMismatch": 14,
    "InvalidLength": 16,
    "AuthenticationFailed": 18,
    "IllegalOperation": 20,
    "LockTimeout": 24,
    "NamespaceNotFound": 26,
    "IndexNotFound": 27,
    "PathNotViable": 28,
    "RoleNotFound": 31,
    "CursorNotFound": 43,
    "LockBusy": 46,
    "NamespaceExists": 48,
    "MaxTimeMSExpired": 50,
    "CommandNotFound": 59,
    "WriteConcernFailed": 64,
    "MultipleErrorsOccurred": 65,
    "ImmutableField": 66,
    "CannotCreateIndex": 67,
    "IndexAlreadyExists": 68,
    "InvalidOptions": 72,
    "InvalidNamespace": 73,
    "NodeNotFound": 74,
    "ReplicaSetNotFound": 75,
    "NoReplicationEnabled": 76,
    "IndexOptionsConflict": 85,
    "IndexKeySpecsConflict": 86,
    "NetworkTimeout": 89,
    "ShutdownInProgress": 91,
    "NotYetInitialized": 94,
    "NotSecondary": 95,
    "OperationFailed": 96,
    "WriteConflict": 112,
    "InitialSyncFailure": 113,
    "CommandNotSupportedOnView": 166,
    "PrimarySteppedDown": 189,
    "NoSuchTransaction": 251,
    "TransactionTooOld": 225,
    "ExceededTimeLimit": 262,
    "TooManyFilesOpen": 264,
    "OutOfDiskSpace": 14031,
    "NotWritablePrimary": 10107,
    "DuplicateKey": 11000,
    "InterruptedAtShutdown": 11600,
    "Interrupted": 11601,
    "InterruptedDueToReplStateChange": 11602,
    "NotPrimaryNoSecondaryOk": 13435,
    "NotPrimaryOrSecondary": 13436,
    "SocketException": 9001,
    "Location40352": 40352,
}
"""Names of the server's errors with their numbers."""

_CLASSES = """
MongoTimeoutException MongoSocketOpenException MongoSocketReadException MongoSocketReadTimeoutException
MongoSocketWriteException MongoSecurityException MongoCommandException MongoWriteException
MongoBulkWriteException MongoNotPrimaryException MongoNodeIsRecoveringException MongoQueryException
MongoCursorNotFoundException MongoWriteConcernException MongoExecutionTimeoutException
MongoConnectionPoolClearedException MongoInterruptedException MongoServerUnavailableException
MongoWaitQueueFullException
"""
_ERROR_CLASSES = """
MongoNetworkError MongoNetworkTimeoutError MongoServerSelectionError MongoWriteConcernError MongoBulkWriteError
MongoNotConnectedError MongoTopologyClosedError ServerSelectionTimeoutError
"""
_KNOWN: Mapping[str, Name] = {name: Name("mongodb", name) for name in _CLASSES.split()}
_MONGO = nonzero("MONGO")


def _numbered(written: str) -> str | None:
    number = _NUMBERS.get(written)
    return f"MONGO-{number}" if number else None


def exception(written: str) -> Name | None:
    """Return which of the drivers' exceptions a class is, or None."""
    return _KNOWN.get(written)


def _class(name: str) -> Rule:
    before = name.removesuffix("Error").lower()
    return after("mongodb", name, "err", rf"(?<={before}err)or{STOP}", strict=False)


RULES: tuple[Rule, ...] = (
    after("mongodb", lambda written: f"MONGO-{written[1:]}", "e1100", rf"{alone('e1100')}[01]{STOP}"),
    after("mongodb", _MONGO, "code", r"[\"']?\s*+:\s*+(?:numberint\()?(?P<code>[0-9]{1,6})\)?\s*+,\s*+[\"']?codename"),
    after("mongodb", _numbered, "code", r"name[\"']?\s*+:\s*+[\"'](?P<code>[a-z]{3,60}+)"),
    after("mongodb", _numbered, "err", r"(?<=mongoservererr)or\[(?P<code>[a-z]{3,60}+)\]"),
    after("mongodb", _MONGO, "err", r"(?<=with err)or(?:\s++code)?\s++(?P<code>[0-9]{1,6})\s++\((?=[a-z]{4})"),
    after("mongodb", _numbered, "err", r"or:?\s++\((?P<code>[a-z]{4,60}+)\)"),
    *map(_class, _ERROR_CLASSES.split()),
)
