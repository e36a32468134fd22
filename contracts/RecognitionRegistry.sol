// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementRegistry} from "./interfaces/IAgreementRegistry.sol";
import {ICertificateRegistry} from "./interfaces/ICertificateRegistry.sol";
import {IInstitutionRegistry} from "./interfaces/IInstitutionRegistry.sol";
import {IRecognitionRegistry} from "./interfaces/IRecognitionRegistry.sol";
import {Listed} from "./Listed.sol";
import {Jurisdictions} from "./libraries/Jurisdictions.sol";
import {Names} from "./libraries/Names.sol";
import {Times} from "./libraries/Times.sol";
import {CertificateStatus} from "./types/CertificateTypes.sol";
import {ContractNames} from "./types/ContractNames.sol";
import {Role} from "./types/InstitutionTypes.sol";
import {RecognitionMode, RecognitionOutcome, RecognitionStatus} from "./types/RecognitionTypes.sol";

/// @title See IRecognitionRegistry.
contract RecognitionRegistry is IRecognitionRegistry, Listed {
    /// @notice The most reasons a decision may give.
    uint256 public constant MAX_REASONS = 32;

    /// @dev A decision. The proposal writes the first five slots and the reasons, the confirmation the sixth. No reason
    ///      is zero, so the first zero ends them.
    struct Stored {
        address proposedBy;
        uint40 proposedAt;
        uint40 validUntil;
        uint8 mode;
        uint8 outcome;
        uint32 jurisdiction;
        bytes28 purpose;
        bytes32 certificate;
        bytes32 institution;
        bytes32 recordId;
        address confirmedBy;
        uint40 recordedAt;
        mapping(uint256 position => bytes32) reasons;
        Withdrawal withdrawal;
    }

    mapping(bytes32 id => Stored) private _decisions;
    mapping(bytes32 certificate => mapping(bytes32 jurisdiction => mapping(bytes32 purpose => bytes32[]))) private
        _confirmed;

    constructor(address directory_) Listed(directory_, ContractNames.RECOGNITION_REGISTRY) {}

    /// @inheritdoc IRecognitionRegistry
    function propose(Proposal calldata proposal) external onlyCurrent returns (bytes32 id) {
        _requireSound(proposal);
        _requireDeciding(proposal.institution, proposal.jurisdiction);
        if (_certificates().historyLength(proposal.certificate) == 0) revert NoSuchCertificate(proposal.certificate);
        id = idOf(proposal.certificate, proposal.jurisdiction, proposal.purpose, proposal.recordId);
        Stored storage stored = _decisions[id];
        if (stored.proposedBy != address(0)) revert AlreadyProposed(id);

        _store(stored, proposal);
        emit DecisionProposed(
            id,
            proposal.certificate,
            proposal.institution,
            proposal.jurisdiction,
            proposal.purpose,
            proposal.mode,
            proposal.outcome,
            proposal.recordId,
            proposal.validUntil,
            proposal.reasons,
            msg.sender
        );
    }

    /// @inheritdoc IRecognitionRegistry
    function confirm(bytes32 id) external onlyCurrent {
        Stored storage stored = _decisions[id];
        if (stored.proposedBy == address(0)) revert UnknownDecision(id);
        if (stored.confirmedBy != address(0)) revert AlreadyConfirmed(id);
        _requireDecider(stored.institution);
        if (stored.proposedBy == msg.sender) revert SamePerson(msg.sender);
        if (!_institutions().isDecider(stored.institution, stored.proposedBy)) revert ProposerLeft(stored.proposedBy);

        (stored.confirmedBy, stored.recordedAt) = (msg.sender, Times.pack(Times.current()));
        _confirmed[stored.certificate][Jurisdictions.unpack(stored.jurisdiction)][stored.purpose].push(id);
        emit DecisionConfirmed(id, stored.certificate, stored.institution, msg.sender);
    }

    /// @inheritdoc IRecognitionRegistry
    function withdrawDecision(bytes32 id, bytes32 reason) external onlyCurrent {
        Stored storage stored = _decisions[id];
        if (stored.proposedBy == address(0)) revert UnknownDecision(id);
        if (stored.confirmedBy == address(0)) revert NotConfirmed(id);
        if (stored.withdrawal.confirmedBy != address(0)) revert AlreadyWithdrawn(id);
        if (reason == 0) revert MissingRecord();
        _requireDecider(stored.institution);

        Withdrawal storage withdrawal = stored.withdrawal;
        if (!_institutions().isDecider(stored.institution, withdrawal.proposedBy)) {
            (withdrawal.proposedBy, withdrawal.reason) = (msg.sender, reason);
            emit WithdrawalProposed(id, reason, msg.sender);
            return;
        }
        if (withdrawal.proposedBy == msg.sender) revert SamePerson(msg.sender);
        if (withdrawal.reason != reason) revert AnotherReason(reason, withdrawal.reason);
        (withdrawal.confirmedBy, withdrawal.recordedAt) = (msg.sender, Times.current());
        emit DecisionWithdrawn(id, stored.certificate, reason, msg.sender);
    }

    /// @inheritdoc IRecognitionRegistry
    function idOf(bytes32 certificate, bytes32 jurisdiction, bytes32 purpose, bytes32 recordId)
        public
        pure
        returns (bytes32)
    {
        return sha256(abi.encodePacked("tanju/recognition/1", certificate, jurisdiction, purpose, recordId));
    }

    /// @inheritdoc IRecognitionRegistry
    function decision(bytes32 id) external view returns (Decision memory found) {
        Stored storage stored = _decisions[id];
        found.certificate = stored.certificate;
        found.jurisdiction = Jurisdictions.unpack(stored.jurisdiction);
        found.purpose = stored.purpose;
        found.institution = stored.institution;
        found.mode = stored.mode;
        found.outcome = stored.outcome;
        found.recordId = stored.recordId;
        found.validUntil = stored.validUntil;
        uint256 count;
        while (stored.reasons[count] != 0) ++count;
        found.reasons = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            found.reasons[i] = stored.reasons[i];
        }
        (found.proposedBy, found.confirmedBy) = (stored.proposedBy, stored.confirmedBy);
        (found.proposedAt, found.recordedAt) = (stored.proposedAt, stored.recordedAt);
        found.withdrawal = stored.withdrawal;
    }

    /// @inheritdoc IRecognitionRegistry
    function decisionsOf(bytes32 certificate, bytes32 jurisdiction, bytes32 purpose)
        external
        view
        returns (bytes32[] memory)
    {
        return _confirmed[certificate][jurisdiction][purpose];
    }

    /// @inheritdoc IRecognitionRegistry
    function effective(bytes32 certificate, bytes32 jurisdiction, bytes32 purpose, uint64 validAt, uint64 knownAt)
        external
        view
        returns (uint8 status, bytes32 decisionId)
    {
        Times.requireKnown(knownAt);
        uint64 seenAt = validAt < knownAt ? validAt : knownAt;
        bytes32[] storage confirmed = _confirmed[certificate][jurisdiction][purpose];
        for (uint256 i = confirmed.length; i > 0; --i) {
            Stored storage stored = _decisions[confirmed[i - 1]];
            if (stored.recordedAt > seenAt) continue;
            status = _worth(stored, validAt, knownAt);
            return (status, status == RecognitionStatus.NONE ? bytes32(0) : confirmed[i - 1]);
        }
    }

    /// @dev What a confirmed decision is worth.
    function _worth(Stored storage stored, uint64 validAt, uint64 knownAt) private view returns (uint8) {
        uint64 withdrawnAt = stored.withdrawal.recordedAt;
        if (withdrawnAt != 0 && withdrawnAt <= validAt && withdrawnAt <= knownAt) return RecognitionStatus.WITHDRAWN;
        if (stored.outcome == RecognitionOutcome.REFUSED) return RecognitionStatus.REFUSED;
        if (stored.mode != RecognitionMode.UNILATERAL) {
            address agreements = _find(ContractNames.AGREEMENT_REGISTRY);
            if (agreements == address(0)) return RecognitionStatus.NONE;
            bool inForce = IAgreementRegistry(agreements)
                .inForce(
                    stored.certificate, Jurisdictions.unpack(stored.jurisdiction), stored.purpose, validAt, knownAt
                );
            if (!inForce) return RecognitionStatus.LAPSED;
        }
        if (stored.validUntil != 0 && validAt >= stored.validUntil) return RecognitionStatus.LAPSED;
        uint8 status = _certificates().statusAt(stored.certificate, validAt, knownAt);
        bool alive = status == CertificateStatus.VALID || status == CertificateStatus.SUSPENDED;
        if (!alive || !_wasIssuedCompetently(stored.certificate, knownAt)) return RecognitionStatus.LAPSED;
        return status == CertificateStatus.SUSPENDED ? RecognitionStatus.PAUSED : stored.outcome;
    }

    /// @dev Whether the issuer was competent at the moment of issue, as known later.
    function _wasIssuedCompetently(bytes32 key, uint64 knownAt) private view returns (bool) {
        ICertificateRegistry.Certificate memory issued = _certificates().certificate(key);
        return
            _institutions().competentAt(issued.issuer, issued.documentType, issued.category, issued.issuedAt, knownAt);
    }

    /// @dev What a proposal must fulfil whoever makes it.
    function _requireSound(Proposal calldata proposal) private view {
        (uint8 mode, uint8 outcome, bytes32[] calldata reasons) = (proposal.mode, proposal.outcome, proposal.reasons);
        if (mode == RecognitionMode.STATUTORY) revert StatutoryIsNotDecided();
        if (mode == 0 || mode > RecognitionMode.UNILATERAL) revert UnknownMode(mode);
        if (outcome == 0 || outcome > RecognitionOutcome.REFUSED) revert UnknownOutcome(outcome);
        if (outcome == RecognitionOutcome.REFUSED && reasons.length == 0) revert RefusalWithoutReason();
        if (reasons.length > MAX_REASONS) revert TooManyReasons(reasons.length, MAX_REASONS);
        for (uint256 i; i < reasons.length; ++i) {
            Names.requirePrintable(reasons[i]);
        }
        if (proposal.recordId == 0) revert MissingRecord();
        Times.requireOpenPeriod(Times.current(), proposal.validUntil);
        Names.requireSlug(proposal.purpose, Names.MAX_PURPOSE_LENGTH);
        bool needsAgreement = mode != RecognitionMode.UNILATERAL;
        if (needsAgreement && _find(ContractNames.AGREEMENT_REGISTRY) == address(0)) revert NoAgreementRegistry();
    }

    /// @dev The caller decides for an institution that may decide for the jurisdiction.
    function _requireDeciding(bytes32 institution, bytes32 jurisdiction) private view {
        (bool decides, bytes32 own, uint32 roles) = _institutions().deciding(institution, msg.sender);
        if (!decides) revert NotDecider(msg.sender, institution);
        bool mayDecide = own == jurisdiction && roles & (Role.PLATFORM | Role.AUTHORITY) != 0;
        if (!mayDecide) revert NotDeciding(institution, jurisdiction);
    }

    function _requireDecider(bytes32 institution) private view {
        if (!_institutions().isDecider(institution, msg.sender)) revert NotDecider(msg.sender, institution);
    }

    function _store(Stored storage stored, Proposal calldata proposal) private {
        stored.proposedBy = msg.sender;
        stored.proposedAt = Times.pack(Times.current());
        stored.validUntil = Times.pack(proposal.validUntil);
        stored.mode = proposal.mode;
        stored.outcome = proposal.outcome;
        stored.jurisdiction = Jurisdictions.pack(proposal.jurisdiction);
        stored.purpose = bytes28(proposal.purpose);
        stored.certificate = proposal.certificate;
        stored.institution = proposal.institution;
        stored.recordId = proposal.recordId;
        bytes32[] calldata reasons = proposal.reasons;
        for (uint256 i; i < reasons.length; ++i) {
            stored.reasons[i] = reasons[i];
        }
    }

    function _certificates() private view returns (ICertificateRegistry) {
        return ICertificateRegistry(_need(ContractNames.CERTIFICATE_REGISTRY));
    }

    function _institutions() private view returns (IInstitutionRegistry) {
        return IInstitutionRegistry(_need(ContractNames.INSTITUTION_REGISTRY));
    }
}
