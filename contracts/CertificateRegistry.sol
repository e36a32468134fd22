// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICertificateRegistry} from "./interfaces/ICertificateRegistry.sol";
import {IConsortium} from "./interfaces/IConsortium.sol";
import {IInstitutionRegistry} from "./interfaces/IInstitutionRegistry.sol";
import {Listed} from "./Listed.sol";
import {CertificateHistory} from "./libraries/CertificateHistory.sol";
import {Jurisdictions} from "./libraries/Jurisdictions.sol";
import {Times} from "./libraries/Times.sol";
import {CertificateAction, Owner} from "./types/CertificateTypes.sol";
import {ContractNames} from "./types/ContractNames.sol";

/// @title See ICertificateRegistry.
contract CertificateRegistry is ICertificateRegistry, Listed {
    using CertificateHistory for CertificateHistory.History;

    /// @dev A certificate. Its record id stands with its number; its capacity is its own key where zero stands here.
    struct Stored {
        CertificateHistory.History history;
        bytes32 issuer;
        bytes32 numberDigest;
        bytes6 origin;
        bytes26 category;
        bytes32 pcrId;
        bytes32 holderCommitment;
        bytes32 capacityId;
        bytes32 supersedes;
    }

    mapping(bytes32 key => Stored) private _certificates;
    mapping(bytes32 issuer => mapping(bytes32 numberDigest => bytes32 recordId)) private _recordOfNumber;

    constructor(address directory_) Listed(directory_, ContractNames.CERTIFICATE_REGISTRY) {}

    /// @inheritdoc ICertificateRegistry
    function issue(Issue calldata certificate_) external onlyCurrent returns (bytes32 key) {
        _requireIssuer(certificate_);
        bytes32 issuer = certificate_.issuer;
        key = keyOf(issuer, certificate_.recordId);
        Stored storage stored = _certificates[key];
        if (stored.issuer != 0) revert AlreadyIssued(key);
        bool complete =
            certificate_.recordId != 0 && certificate_.numberDigest != 0 && certificate_.holderCommitment != 0;
        if (!complete) revert MissingDigest();
        bytes32 other = keyOfNumber(issuer, certificate_.numberDigest);
        if (other != 0) revert NumberTaken(issuer, certificate_.numberDigest, other);

        bytes32 capacityId = _supersede(certificate_, key);
        _store(stored, certificate_);
        if (capacityId != key) stored.capacityId = capacityId;
        _recordOfNumber[issuer][certificate_.numberDigest] = certificate_.recordId;
        emit Issued(key, issuer, certificate_.recordId, certificate_.numberDigest, capacityId, certificate_.supersedes);
        emit StatusChanged(key, CertificateAction.ISSUE, Owner.ISSUER, Times.current(), certificate_.recordId);
    }

    /// @inheritdoc ICertificateRegistry
    function suspend(bytes32 key, bytes32 reason, uint64 effectiveFrom) external onlyCurrent {
        _change(key, CertificateAction.SUSPEND, _ownerOf(key), reason, effectiveFrom);
    }

    /// @inheritdoc ICertificateRegistry
    function restore(bytes32 key, bytes32 reason, uint64 effectiveFrom) external onlyCurrent {
        _change(key, CertificateAction.RESTORE, _ownerOf(key), reason, effectiveFrom);
    }

    /// @inheritdoc ICertificateRegistry
    function withdraw(bytes32 key, bytes32 reason, uint64 effectiveFrom) external onlyCurrent {
        _change(key, CertificateAction.WITHDRAW, _ownerOf(key), reason, effectiveFrom);
    }

    /// @inheritdoc ICertificateRegistry
    function cancel(bytes32 key, bytes32 reason, uint64 effectiveFrom) external onlyCurrent {
        _change(key, CertificateAction.CANCEL, _ownerOf(key), reason, effectiveFrom);
    }

    /// @inheritdoc ICertificateRegistry
    function keyOf(bytes32 issuer, bytes32 recordId) public pure returns (bytes32) {
        return sha256(abi.encodePacked("tanju/certificate/1", issuer, recordId));
    }

    /// @inheritdoc ICertificateRegistry
    function certificate(bytes32 key) external view returns (Certificate memory found) {
        Stored storage stored = _certificates[key];
        if (stored.issuer == 0) return found;
        found.issuer = stored.issuer;
        found.recordId = _recordIdOf(stored);
        found.numberDigest = stored.numberDigest;
        found.documentType = stored.history.head.documentType;
        found.category = stored.category;
        found.pcrId = stored.pcrId;
        found.origin = stored.origin;
        found.holderCommitment = stored.holderCommitment;
        found.capacityId = _capacityOf(key);
        found.validFrom = stored.history.head.validFrom;
        found.validUntil = stored.history.head.validUntil;
        found.supersedes = stored.supersedes;
        found.issuedAt = stored.history.entries[0].recordedAt;
        for (uint256 i = stored.history.head.length - 1; i > 0; --i) {
            CertificateHistory.Entry storage entry = stored.history.entries[i];
            if (entry.action == CertificateAction.SUPERSEDE) found.supersededBy = entry.reason;
        }
    }

    /// @inheritdoc ICertificateRegistry
    function keyOfNumber(bytes32 issuer, bytes32 numberDigest) public view returns (bytes32) {
        bytes32 recordId = _recordOfNumber[issuer][numberDigest];
        return recordId == 0 ? bytes32(0) : keyOf(issuer, recordId);
    }

    /// @inheritdoc ICertificateRegistry
    function history(bytes32 key) external view returns (Change[] memory list) {
        Stored storage stored = _certificates[key];
        list = new Change[](stored.history.head.length);
        for (uint256 i; i < list.length; ++i) {
            CertificateHistory.Entry memory entry = stored.history.entries[i];
            bytes32 reason = i == 0 ? _recordIdOf(stored) : entry.reason;
            list[i] = Change(entry.action, entry.owner, entry.by, entry.effectiveFrom, entry.recordedAt, reason);
        }
    }

    /// @inheritdoc ICertificateRegistry
    function historyLength(bytes32 key) external view returns (uint256) {
        return _certificates[key].history.head.length;
    }

    /// @inheritdoc ICertificateRegistry
    function statusAt(bytes32 key, uint64 validAt, uint64 knownAt) external view returns (uint8) {
        Times.requireKnown(knownAt);
        return _certificates[key].history.statusAt(validAt, knownAt);
    }

    /// @dev The caller is the issuer, competent now, and answers to the origin.
    function _requireIssuer(Issue calldata certificate_) private view {
        IInstitutionRegistry institutions = _institutions();
        bytes32 issuer = certificate_.issuer;
        (bytes32 origin, bytes32 category) = (certificate_.origin, certificate_.category);
        (address account, bytes32 jurisdiction,) = institutions.standing(issuer);
        if (account != msg.sender) revert NotIssuer(msg.sender, issuer);
        if (origin != jurisdiction && origin != Jurisdictions.countryOf(jurisdiction)) {
            revert ForeignOrigin(origin, jurisdiction);
        }
        bool competent =
            institutions.competentAt(issuer, certificate_.documentType, category, Times.current(), Times.current());
        if (!competent) revert NotCompetent(issuer, certificate_.documentType, category);
    }

    /// @dev What the certificate takes over from the one that it replaces, if any: its capacity, which is the key of
    ///      the first one.
    function _supersede(Issue calldata certificate_, bytes32 key) private returns (bytes32 capacityId) {
        bytes32 old = certificate_.supersedes;
        capacityId = certificate_.capacityId;
        if (old == 0) return capacityId == 0 ? key : capacityId;
        bytes32 owner = _certificates[old].issuer;
        if (owner == 0) revert UnknownCertificate(old);
        if (owner != certificate_.issuer) revert NotOwnCertificate(old);
        bytes32 inherited = _capacityOf(old);
        if (capacityId != 0 && capacityId != inherited) revert CapacityMismatch(capacityId, inherited);
        _change(old, CertificateAction.SUPERSEDE, Owner.ISSUER, key, 0);
        return inherited;
    }

    function _store(Stored storage stored, Issue calldata certificate_) private {
        stored.history.open(certificate_.documentType, certificate_.validFrom, certificate_.validUntil);
        stored.issuer = certificate_.issuer;
        stored.numberDigest = certificate_.numberDigest;
        // Neither loses a character: the issuer was registered with such a jurisdiction and is qualified for such a
        // category.
        stored.origin = bytes6(certificate_.origin);
        stored.category = bytes26(certificate_.category);
        if (certificate_.pcrId != 0) stored.pcrId = certificate_.pcrId;
        stored.holderCommitment = certificate_.holderCommitment;
        if (certificate_.supersedes != 0) stored.supersedes = certificate_.supersedes;
    }

    function _change(bytes32 key, uint8 action, uint8 owner, bytes32 reason, uint64 effectiveFrom) private {
        uint64 start = _certificates[key].history.record(action, owner, reason, effectiveFrom);
        emit StatusChanged(key, action, owner, start, reason);
    }

    /// @dev As whom the caller may change a certificate.
    function _ownerOf(bytes32 key) private view returns (uint8) {
        Stored storage stored = _certificates[key];
        if (stored.history.head.length == 0) revert UnknownCertificate(key);
        // No account is both, so the order of the questions does not matter: the likelier one first.
        bool likely = stored.history.head.issuerMark == CertificateHistory.markOf(msg.sender);
        if (likely && _isIssuer(stored)) return Owner.ISSUER;
        IConsortium consortium = IConsortium(_need(ContractNames.CONSORTIUM));
        if (consortium.governs(msg.sender, stored.origin)) return Owner.AUTHORITY;
        if (!likely && _isIssuer(stored)) return Owner.ISSUER;
        revert NotEntitled(msg.sender, key);
    }

    function _isIssuer(Stored storage stored) private view returns (bool) {
        return _institutions().accountOf(stored.issuer) == msg.sender;
    }

    function _capacityOf(bytes32 key) private view returns (bytes32) {
        bytes32 capacityId = _certificates[key].capacityId;
        return capacityId == 0 ? key : capacityId;
    }

    function _recordIdOf(Stored storage stored) private view returns (bytes32) {
        return _recordOfNumber[stored.issuer][stored.numberDigest];
    }

    function _institutions() private view returns (IInstitutionRegistry) {
        return IInstitutionRegistry(_need(ContractNames.INSTITUTION_REGISTRY));
    }
}
