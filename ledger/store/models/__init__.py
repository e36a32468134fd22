"""The tables, by what they are about. Importing this package fills the metadata of `ledger.store.base.Base`."""

from ledger.store.models.access import ApiClientRow, AuditRow
from ledger.store.models.chain import (
    CertificateChangeRow,
    CertificateRow,
    ChainRow,
    CursorRow,
    DeciderChangeRow,
    DidRow,
    InstitutionRow,
    KeyRevocationRow,
    KeyRow,
    LogAppendRow,
    LogEpochRow,
    QualificationChangeRow,
    RecentBlockRow,
    RecognitionChangeRow,
    RecognitionRow,
)
from ledger.store.models.log import LogCheckpointRow, LogLeafRow, LogNodeRow, LogRow
from ledger.store.models.outbox import OutboxRow, SenderRow
from ledger.store.models.records import DraftRow, RecordRow, RecordTableRow, StoredFileRow

__all__ = [
    "ApiClientRow",
    "AuditRow",
    "CertificateChangeRow",
    "CertificateRow",
    "ChainRow",
    "CursorRow",
    "DeciderChangeRow",
    "DidRow",
    "DraftRow",
    "InstitutionRow",
    "KeyRevocationRow",
    "KeyRow",
    "LogAppendRow",
    "LogCheckpointRow",
    "LogEpochRow",
    "LogLeafRow",
    "LogNodeRow",
    "LogRow",
    "OutboxRow",
    "QualificationChangeRow",
    "RecentBlockRow",
    "RecognitionChangeRow",
    "RecognitionRow",
    "RecordRow",
    "RecordTableRow",
    "SenderRow",
    "StoredFileRow",
]
