"""Every error class, code and label of the taxonomy, one by one."""

import pytest
from bson.errors import InvalidDocument
from pymongo import errors
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConfigurationError,
    DuplicateKeyError,
    ExecutionTimeout,
    InvalidOperation,
    InvalidURI,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WriteConcernError,
    WriteError,
    WTimeoutError,
)

from etl.load.retry import is_transient
from etl.load.taxonomy import (
    RECORD_CODES,
    TRANSIENT_CODES,
    TRANSIENT_LABELS,
    Kind,
    classify,
    classify_fault,
    worst_fault,
)

TRANSIENT = (6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 24, 46, 50, 112, 462, 64)
RECORD = (40, 56, 66, 121, 10334, 17420, 2, 9, 52, 57, 17419)
FATAL = (13, 18, 20, 26, 96, 100, 14031, 8, 15, 987654)


def bulk(*write_errors: int, concerns: tuple[int, ...] = (), labels: tuple[str, ...] = ()) -> BulkWriteError:
    return BulkWriteError(
        {
            "writeErrors": [{"index": i, "code": code} for i, code in enumerate(write_errors)],
            "writeConcernErrors": [{"code": code} for code in concerns],
            "errorLabels": list(labels),
        }
    )


@pytest.mark.parametrize(
    "error",
    [
        AutoReconnect("x"),
        NetworkTimeout("x"),
        NotPrimaryError("x"),
        ServerSelectionTimeoutError("x"),
        WaitQueueTimeoutError("x"),
        errors.ConnectionFailure("x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_lost_connection_is_transient_by_its_class(error: PyMongoError) -> None:
    assert classify(error) is Kind.TRANSIENT


@pytest.mark.parametrize("code", TRANSIENT)
def test_a_transient_code_is_transient_wherever_it_stands(code: int) -> None:
    assert code in TRANSIENT_CODES
    assert classify(OperationFailure("x", code)) is Kind.TRANSIENT
    assert classify(bulk(code)) is Kind.TRANSIENT
    assert classify_fault({"code": code}) is Kind.TRANSIENT


@pytest.mark.parametrize("code", RECORD)
def test_a_record_code_counts_only_against_a_named_document(code: int) -> None:
    assert code in RECORD_CODES
    assert classify(bulk(code)) is Kind.RECORD
    assert classify(WriteError("x", code, {"code": code})) is Kind.RECORD
    assert classify(OperationFailure("x", code)) is Kind.FATAL


@pytest.mark.parametrize("code", FATAL)
def test_any_other_code_is_fatal(code: int) -> None:
    assert classify(OperationFailure("x", code)) is Kind.FATAL
    assert classify(bulk(code)) is Kind.FATAL
    assert classify(WriteError("x", code)) is Kind.FATAL


@pytest.mark.parametrize("code", [64, 91, 50])
def test_a_write_that_no_majority_acknowledged_yet_is_transient(code: int) -> None:
    assert classify(bulk(concerns=(code,))) is Kind.TRANSIENT
    assert classify(WriteConcernError("x", code)) is Kind.TRANSIENT


@pytest.mark.parametrize("code", [100, 79])
def test_a_write_concern_that_cannot_be_met_is_fatal(code: int) -> None:
    assert classify(bulk(concerns=(code,))) is Kind.FATAL
    assert classify(WriteConcernError("x", code)) is Kind.FATAL


@pytest.mark.parametrize("label", TRANSIENT_LABELS)
def test_a_label_makes_an_unknown_code_transient(label: str) -> None:
    error = OperationFailure("x", 987654, {"errorLabels": [label]})
    assert classify(error) is Kind.TRANSIENT
    assert classify(bulk(labels=(label,))) is Kind.TRANSIENT


@pytest.mark.parametrize(
    "error",
    [InvalidURI("x"), ConfigurationError("x"), InvalidOperation("x"), PyMongoError("x")],
    ids=lambda error: type(error).__name__,
)
def test_a_misuse_of_the_driver_is_fatal(error: PyMongoError) -> None:
    assert classify(error) is Kind.FATAL


def test_classes_of_timeouts_go_by_their_codes() -> None:
    assert classify(WTimeoutError("x", 64)) is Kind.TRANSIENT
    assert classify(ExecutionTimeout("x", 50)) is Kind.TRANSIENT


def test_a_duplicate_id_is_no_fault() -> None:
    assert classify(bulk(11000)) is Kind.EXISTS
    assert classify(DuplicateKeyError("x", 11000, {"code": 11000, "keyPattern": {"_id": 1}})) is Kind.EXISTS


def test_a_duplicate_of_another_unique_index_is_fatal() -> None:
    assert classify_fault({"code": 11000, "keyPattern": {"url": 1}}) is Kind.FATAL


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ((121, 8), Kind.FATAL),
        ((121, 91), Kind.TRANSIENT),
        ((11000, 121), Kind.RECORD),
        ((11000, 91), Kind.TRANSIENT),
        ((11000, 8, 91, 121), Kind.FATAL),
        ((), Kind.FATAL),
    ],
)
def test_a_batch_is_as_bad_as_its_worst_part(codes: tuple[int, ...], kind: Kind) -> None:
    assert classify(bulk(*codes)) is kind


def test_a_full_disk_is_fatal_even_where_the_batch_has_a_retryable_label() -> None:
    assert classify(bulk(8, labels=("RetryableWriteError",))) is Kind.FATAL


def test_the_worst_fault_is_the_one_that_is_named() -> None:
    assert worst_fault(bulk(11000, 121, 8)) == {"index": 2, "code": 8}
    assert worst_fault(bulk(11000, 121)) == {"index": 1, "code": 121}
    assert worst_fault(bulk()) == {}


@pytest.mark.parametrize("error", [OverflowError(), InvalidDocument("x"), KeyError("x"), OSError()])
def test_what_is_not_the_drivers_is_never_retried(error: Exception) -> None:
    assert not is_transient(error)
