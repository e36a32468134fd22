// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IQualifications} from "./interfaces/IQualifications.sol";
import {Institutions} from "./Institutions.sol";
import {Names} from "./libraries/Names.sol";
import {Times} from "./libraries/Times.sol";
import {DocumentType} from "./types/CertificateTypes.sol";
import {QualificationAction, QualificationKind, QualificationStatus, Role} from "./types/InstitutionTypes.sol";

/// @title See IQualifications. The part of the InstitutionRegistry that knows what an institution is qualified for.
abstract contract Qualifications is Institutions, IQualifications {
    mapping(bytes32 id => mapping(uint8 kind => mapping(bytes32 category => QualificationChange[]))) private _histories;

    /// @inheritdoc IQualifications
    function grant(bytes32 id, uint8 kind, bytes32 category, bytes32 recordId, uint64 from, uint64 until)
        external
        onlyCurrent
    {
        _requireEntitled(id, kind);
        Names.requireSlug(category, Names.MAX_CATEGORY_LENGTH);
        if (recordId == 0) revert MissingRecordId();
        uint64 start = Times.forward(from);
        Times.requireOpenPeriod(start, until);
        QualificationChange[] storage history = _histories[id][kind][category];
        _requireEnded(id, kind, category, start);
        history.push(
            QualificationChange(QualificationAction.GRANT, start, Times.current(), until, msg.sender, recordId)
        );
        emit QualificationGranted(id, kind, category, recordId, start, until, msg.sender);
    }

    /// @inheritdoc IQualifications
    function changeQualification(bytes32 id, uint8 kind, bytes32 category, uint8 action, uint64 effectiveFrom)
        external
        onlyCurrent
    {
        _requireEntitled(id, kind);
        uint64 start = Times.forward(effectiveFrom);
        QualificationChange[] storage history = _histories[id][kind][category];
        if (!_isTerminal(action)) Times.requireOrder(start, _lastHoldChange(history));
        uint8 status = _fold(history, start, Times.current());
        if (!_isAllowed(status, action)) revert IllegalQualificationChange(status, action);
        history.push(QualificationChange(action, start, Times.current(), 0, msg.sender, 0));
        emit QualificationChanged(id, kind, category, action, start, msg.sender);
    }

    /// @inheritdoc IQualifications
    function qualificationAt(bytes32 id, uint8 kind, bytes32 category, uint64 validAt, uint64 knownAt)
        external
        view
        returns (uint8)
    {
        Times.requireKnown(knownAt);
        return _fold(_histories[id][kind][category], validAt, knownAt);
    }

    /// @inheritdoc IQualifications
    function competentAt(bytes32 id, uint8 documentType, bytes32 category, uint64 validAt, uint64 knownAt)
        external
        view
        returns (bool)
    {
        uint8 kinds = requiredKinds(documentType);
        Times.requireKnown(knownAt);
        if (!_hadRole(id, Role.CERTIFICATION_BODY, validAt, knownAt)) return false;
        for (uint8 kind = QualificationKind.APPROVAL; kind <= QualificationKind.DESIGNATION; ++kind) {
            if (kinds & (1 << kind) == 0) continue;
            if (_fold(_histories[id][kind][category], validAt, knownAt) != QualificationStatus.ACTIVE) return false;
        }
        return true;
    }

    /// @inheritdoc IQualifications
    function requiredKinds(uint8 documentType) public pure returns (uint8) {
        if (documentType == DocumentType.CERTIFICATE) return QualificationKind.ALL;
        revert UnknownDocumentType(documentType);
    }

    /// @inheritdoc IQualifications
    function qualificationHistory(bytes32 id, uint8 kind, bytes32 category)
        external
        view
        returns (QualificationChange[] memory)
    {
        return _histories[id][kind][category];
    }

    /// @dev Grants and changes are for the authorities of the kind, and only for institutions that they govern.
    function _requireEntitled(bytes32 id, uint8 kind) private view {
        if (kind < QualificationKind.APPROVAL || kind > QualificationKind.DESIGNATION) revert UnknownKind(kind);
        bytes32 jurisdiction = _jurisdictionOf(id);
        bool entitled = _consortium().mayGrant(msg.sender, kind) && _consortium().governs(msg.sender, jurisdiction);
        if (!entitled) revert NotEntitledToGrant(msg.sender, kind, jurisdiction);
    }

    /// @dev The last entry ended the qualification by `start`, or its period has: grants do not overlap.
    function _requireEnded(bytes32 id, uint8 kind, bytes32 category, uint64 start) private view {
        QualificationChange[] storage history = _histories[id][kind][category];
        for (uint256 i = history.length; i > 0; --i) {
            QualificationChange storage entry = history[i - 1];
            if (_isTerminal(entry.action)) return Times.requireOrder(start, entry.effectiveFrom);
            if (entry.action != QualificationAction.GRANT) continue;
            if (entry.until == 0 || start < entry.until) revert StillGranted(id, kind, category, entry.until);
            return;
        }
    }

    /// @dev When the last suspension or restoration takes effect; 0 if there was none.
    function _lastHoldChange(QualificationChange[] storage history) private view returns (uint64) {
        for (uint256 i = history.length; i > 0; --i) {
            uint8 action = history[i - 1].action;
            bool isHold = action == QualificationAction.SUSPEND || action == QualificationAction.RESTORE;
            if (isHold) return history[i - 1].effectiveFrom;
        }
        return 0;
    }

    /// @dev What the entries known and in effect add up to. The last grant of a run says when it ends, because the
    ///      periods grow; the last suspension or restoration says whether it is held, over renewals too; a withdrawal
    ///      or cancellation ends what was granted before it, and with that any hold. Read from the end, where the
    ///      answer mostly is.
    function _fold(QualificationChange[] storage history, uint64 validAt, uint64 knownAt) private view returns (uint8) {
        (bool known, bool granted, bool decided, bool held) = (false, false, false, false);
        uint64 until;
        for (uint256 i = history.length; i > 0 && !(granted && decided); --i) {
            QualificationChange storage entry = history[i - 1];
            (uint8 action, uint64 start, uint64 recordedAt, uint64 end) =
                (entry.action, entry.effectiveFrom, entry.recordedAt, entry.until);
            if (recordedAt > knownAt) continue;
            known = true;
            if (start > validAt) continue;
            if (_isTerminal(action)) {
                if (granted) break;
                bool withdrawn = action == QualificationAction.WITHDRAW;
                return withdrawn ? QualificationStatus.WITHDRAWN : QualificationStatus.CANCELLED;
            }
            if (action == QualificationAction.GRANT) {
                if (!granted) (granted, until) = (true, end);
            } else if (!decided) {
                (decided, held) = (true, action == QualificationAction.SUSPEND);
            }
        }
        if (!granted) return known ? QualificationStatus.NOT_YET_VALID : QualificationStatus.NONE;
        if (until != 0 && validAt >= until) return QualificationStatus.EXPIRED;
        return held ? QualificationStatus.SUSPENDED : QualificationStatus.ACTIVE;
    }

    /// @dev The state machine: which step leads on from which status.
    function _isAllowed(uint8 status, uint8 action) private pure returns (bool) {
        if (status == QualificationStatus.ACTIVE) return action == QualificationAction.SUSPEND || _isTerminal(action);
        if (status == QualificationStatus.SUSPENDED) {
            return action == QualificationAction.RESTORE || _isTerminal(action);
        }
        return status == QualificationStatus.NOT_YET_VALID && _isTerminal(action);
    }

    function _isTerminal(uint8 action) private pure returns (bool) {
        return action == QualificationAction.WITHDRAW || action == QualificationAction.CANCEL;
    }
}
