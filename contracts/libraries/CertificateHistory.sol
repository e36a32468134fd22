// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICertificateRegistry} from "../interfaces/ICertificateRegistry.sol";
import {CertificateAction, CertificateStatus, Owner} from "../types/CertificateTypes.sol";
import {Times} from "./Times.sol";

/// @title The history of one certificate: what may be recorded next, and the status that it adds up to.
/// @dev Holds of one owner take effect in the order in which they are recorded; the owners do not bind each other, so
///      neither can keep the other out by announcing something for a distant day. Of several terminal changes the one
///      that takes effect first counts.
library CertificateHistory {
    /// @dev Dates, and where the recorded entries lead when all of them are in effect: one slot, so that recording
    ///      needs no scan. The mark of the account that issued tells whom to ask first when somebody wants to change
    ///      something; it decides nothing.
    struct Head {
        uint8 documentType;
        uint40 validFrom;
        uint40 validUntil;
        uint24 length;
        uint8 issuerMark;
        uint8 holds;
        uint40 issuerHoldFrom;
        uint40 authorityHoldFrom;
        uint8 terminal;
        uint40 terminalFrom;
    }

    /// @dev See ICertificateRegistry.Change: one slot and the reason.
    struct Entry {
        uint8 action;
        uint8 owner;
        address by;
        uint40 effectiveFrom;
        uint40 recordedAt;
        bytes32 reason;
    }

    /// @dev A head and its entries, by place from 0. The reason of the first, ISSUE, is kept elsewhere and zero here.
    struct History {
        Head head;
        mapping(uint256 position => Entry) entries;
    }

    /// @dev The first entry: issued now.
    function open(History storage history, uint8 documentType, uint64 validFrom, uint64 validUntil) internal {
        Times.requirePeriod(validFrom, validUntil);
        history.head = Head({
            documentType: documentType,
            validFrom: Times.pack(validFrom),
            validUntil: Times.pack(validUntil),
            length: 1,
            issuerMark: markOf(msg.sender),
            holds: 0,
            issuerHoldFrom: 0,
            authorityHoldFrom: 0,
            terminal: 0,
            terminalFrom: 0
        });
        _write(history.entries[0], CertificateAction.ISSUE, Owner.ISSUER, Times.pack(Times.current()));
    }

    /// @dev The last byte of an account.
    function markOf(address account) internal pure returns (uint8) {
        return uint8(uint160(account));
    }

    /// @dev The next entry, if the state machine has the step. Returns when it takes effect.
    function record(History storage history, uint8 action, uint8 owner, bytes32 reason, uint64 effectiveFrom)
        internal
        returns (uint64 start)
    {
        if (reason == 0) revert ICertificateRegistry.MissingDigest();
        start = Times.forward(effectiveFrom);
        uint40 packed = Times.pack(start);
        Head memory head = history.head;
        // Recorded after the issue, so in effect after it: the moment of issue does not matter here.
        uint8 status = _status(head.terminal, head.terminalFrom, head.holds, head.validFrom, head.validUntil, packed);
        if (!_isAllowed(status, action, owner, head.holds)) {
            revert ICertificateRegistry.IllegalCertificateChange(status, action, owner);
        }
        if (_isHold(action)) {
            Times.requireOrder(packed, owner == Owner.ISSUER ? head.issuerHoldFrom : head.authorityHoldFrom);
        }
        _advance(history.head, action, owner, packed);
        Entry storage entry = history.entries[head.length];
        _write(entry, action, owner, packed);
        entry.reason = reason;
    }

    /// @dev See ICertificateRegistry.statusAt.
    function statusAt(History storage history, uint64 validAt, uint64 knownAt) internal view returns (uint8) {
        Head storage head = history.head;
        uint40 issuedAt = history.entries[0].recordedAt;
        if (head.length == 0 || issuedAt > knownAt) return CertificateStatus.NONE;
        (uint8 holds, uint8 terminal, uint40 terminalFrom) = (0, 0, 0);
        for (uint256 i = 1; i < head.length; ++i) {
            Entry storage entry = history.entries[i];
            if (entry.recordedAt > knownAt) break;
            if (entry.effectiveFrom > validAt) continue;
            uint8 action = entry.action;
            if (action == CertificateAction.SUSPEND) {
                holds |= entry.owner;
            } else if (action == CertificateAction.RESTORE) {
                holds &= ~entry.owner;
            } else if (terminal == 0 || entry.effectiveFrom < terminalFrom) {
                (terminal, terminalFrom) = (_terminalStatus(action), entry.effectiveFrom);
            }
        }
        uint40 validFrom = head.validFrom > issuedAt ? head.validFrom : issuedAt;
        return _status(terminal, terminalFrom, holds, validFrom, head.validUntil, validAt);
    }

    /// @dev The status at a time, given what is in effect then.
    function _status(
        uint8 terminal,
        uint40 terminalFrom,
        uint8 holds,
        uint40 validFrom,
        uint40 validUntil,
        uint64 validAt
    ) private pure returns (uint8) {
        if (terminal != 0 && validAt >= terminalFrom) return terminal;
        if (validAt < validFrom) return CertificateStatus.NOT_YET_VALID;
        if (validAt >= validUntil) return CertificateStatus.EXPIRED;
        return holds != 0 ? CertificateStatus.SUSPENDED : CertificateStatus.VALID;
    }

    /// @dev The state machine: which step of which owner leads on from which status.
    function _isAllowed(uint8 status, uint8 action, uint8 owner, uint8 holds) private pure returns (bool) {
        bool early = status == CertificateStatus.NOT_YET_VALID;
        if (!early && status != CertificateStatus.VALID && status != CertificateStatus.SUSPENDED) return false;
        if (action == CertificateAction.SUSPEND) return holds & owner == 0;
        if (action == CertificateAction.RESTORE) return holds & owner != 0;
        if (action == CertificateAction.WITHDRAW) return true;
        if (action == CertificateAction.CANCEL) return owner == Owner.ISSUER;
        return action == CertificateAction.SUPERSEDE && owner == Owner.ISSUER && !early;
    }

    /// @dev Carries a new entry into the head.
    function _advance(Head storage head, uint8 action, uint8 owner, uint40 start) private {
        ++head.length;
        if (!_isHold(action)) {
            (head.terminal, head.terminalFrom) = (_terminalStatus(action), start);
            return;
        }
        if (action == CertificateAction.SUSPEND) head.holds |= owner;
        else head.holds &= ~owner;
        if (owner == Owner.ISSUER) head.issuerHoldFrom = start;
        else head.authorityHoldFrom = start;
    }

    function _write(Entry storage entry, uint8 action, uint8 owner, uint40 start) private {
        entry.action = action;
        entry.owner = owner;
        entry.by = msg.sender;
        entry.effectiveFrom = start;
        entry.recordedAt = Times.pack(Times.current());
    }

    function _isHold(uint8 action) private pure returns (bool) {
        return action == CertificateAction.SUSPEND || action == CertificateAction.RESTORE;
    }

    function _terminalStatus(uint8 action) private pure returns (uint8) {
        if (action == CertificateAction.WITHDRAW) return CertificateStatus.WITHDRAWN;
        return action == CertificateAction.CANCEL ? CertificateStatus.CANCELLED : CertificateStatus.SUPERSEDED;
    }
}
