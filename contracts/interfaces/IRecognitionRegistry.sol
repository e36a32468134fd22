// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Decisions of a jurisdiction to recognise a certificate for a purpose, and what they are worth.
/// @notice A decision is proposed by one person and confirmed by another; so is its withdrawal. What it is worth is
///      computed when it is asked and is never better than the certificate.
interface IRecognitionRegistry {
    /// @notice What a decider proposes.
    /// @param certificate key of the certificate
    /// @param jurisdiction where it is to be recognised: the institution's
    /// @param purpose for what, e.g. "procurement"
    /// @param institution who decides, with the role platform or authority
    /// @param mode 2 AUTO, 3 REVIEW (both need an agreement registry), 4 UNILATERAL; 1 STATUTORY is never decided
    /// @param outcome 1 FULL, 2 PARTIAL, 3 CONDITIONAL, 4 REFUSED
    /// @param recordId id of the RecognitionDecision record
    /// @param validUntil first moment after its validity; 0 for as long as the certificate
    /// @param reasons codes; a refusal needs one at least
    struct Proposal {
        bytes32 certificate;
        bytes32 jurisdiction;
        bytes32 purpose;
        bytes32 institution;
        uint8 mode;
        uint8 outcome;
        bytes32 recordId;
        uint64 validUntil;
        bytes32[] reasons;
    }

    /// @notice A proposal (see Proposal) and what became of it; times and accounts are 0 until it happens.
    struct Decision {
        bytes32 certificate;
        bytes32 jurisdiction;
        bytes32 purpose;
        bytes32 institution;
        uint8 mode;
        uint8 outcome;
        bytes32 recordId;
        uint64 validUntil;
        bytes32[] reasons;
        address proposedBy;
        address confirmedBy;
        uint64 proposedAt;
        uint64 recordedAt;
        Withdrawal withdrawal;
    }

    /// @notice The withdrawal of a decision.
    /// @param proposedBy the first person
    /// @param confirmedBy the second; 0 while the withdrawal is only proposed
    /// @param recordedAt when it was confirmed, and has effect
    /// @param reason record id or digest of the reason
    struct Withdrawal {
        address proposedBy;
        address confirmedBy;
        uint64 recordedAt;
        bytes32 reason;
    }

    /// @notice A decider proposed a decision.
    event DecisionProposed(
        bytes32 indexed id,
        bytes32 indexed certificate,
        bytes32 indexed institution,
        bytes32 jurisdiction,
        bytes32 purpose,
        uint8 mode,
        uint8 outcome,
        bytes32 recordId,
        uint64 validUntil,
        bytes32[] reasons,
        address by
    );
    /// @notice A second decider confirmed it: it stands.
    event DecisionConfirmed(bytes32 indexed id, bytes32 indexed certificate, bytes32 indexed institution, address by);
    /// @notice A decider proposed to withdraw a decision.
    event WithdrawalProposed(bytes32 indexed id, bytes32 reason, address by);
    /// @notice A second decider confirmed the withdrawal.
    event DecisionWithdrawn(bytes32 indexed id, bytes32 indexed certificate, bytes32 reason, address by);

    /// @notice The caller does not decide for the institution.
    error NotDecider(address caller, bytes32 institution);
    /// @notice The institution lacks the role, or belongs to another jurisdiction.
    error NotDeciding(bytes32 institution, bytes32 jurisdiction);
    /// @notice No certificate has this key.
    error NoSuchCertificate(bytes32 certificate);
    /// @notice A refusal says why.
    error RefusalWithoutReason();
    /// @notice At most `MAX_REASONS` reasons.
    error TooManyReasons(uint256 reasons, uint256 most);
    /// @notice What holds by law is not decided.
    error StatutoryIsNotDecided();
    /// @notice AUTO and REVIEW rest on an agreement, and there is no agreement registry.
    error NoAgreementRegistry();
    /// @notice The mode is not in the list.
    error UnknownMode(uint8 mode);
    /// @notice The outcome is not in the list.
    error UnknownOutcome(uint8 outcome);
    /// @notice A decision and a withdrawal name their record.
    error MissingRecord();
    /// @notice The decision was proposed already.
    error AlreadyProposed(bytes32 id);
    /// @notice No such decision was proposed.
    error UnknownDecision(bytes32 id);
    /// @notice The decision was confirmed already.
    error AlreadyConfirmed(bytes32 id);
    /// @notice Only a confirmed decision can be withdrawn.
    error NotConfirmed(bytes32 id);
    /// @notice The decision was withdrawn already.
    error AlreadyWithdrawn(bytes32 id);
    /// @notice Two persons decide: the second is another than the first.
    error SamePerson(address account);
    /// @notice Who proposed does not decide for the institution any more; propose again.
    error ProposerLeft(address account);
    /// @notice The second person must name the same reason as the first.
    error AnotherReason(bytes32 given, bytes32 proposed);

    /// @notice A decider of the institution proposes a decision.
    function propose(Proposal calldata proposal) external returns (bytes32 id);

    /// @notice Another decider of the institution confirms it; it has effect from now on.
    function confirm(bytes32 id) external;

    /// @notice A decider proposes to withdraw a confirmed decision; the call of another one with the same reason
    ///      confirms that. A first caller who decides no more is replaced by the next.
    function withdrawDecision(bytes32 id, bytes32 reason) external;

    /// @notice SHA-256("tanju/recognition/1" ‖ certificate ‖ jurisdiction ‖ purpose ‖ recordId).
    function idOf(bytes32 certificate, bytes32 jurisdiction, bytes32 purpose, bytes32 recordId)
        external
        pure
        returns (bytes32);

    /// @notice A decision; all zero if there is none.
    function decision(bytes32 id) external view returns (Decision memory);

    /// @notice The confirmed decisions, in the order of confirmation.
    function decisionsOf(bytes32 certificate, bytes32 jurisdiction, bytes32 purpose)
        external
        view
        returns (bytes32[] memory);

    /// @notice What the recognition is worth: 0 NONE, 1 FULL, 2 PARTIAL, 3 CONDITIONAL, 4 REFUSED, 5 PAUSED, 6 LAPSED,
    ///      7 WITHDRAWN, 8 STATUTORY (unused), and the decision it rests on (0 with NONE).
    /// @dev The last decision confirmed by `validAt` as known at `knownAt` counts; if it was withdrawn, an earlier one
    ///      does not revive. A positive one is LAPSED after its own date, if the issuer was not competent at the moment
    ///      of issue, if the certificate is in any status but VALID and SUSPENDED, or if its agreement is not in force;
    ///      PAUSED while the certificate is SUSPENDED. In the modes AUTO and REVIEW it is NONE where the Directory has
    ///      no agreement registry.
    function effective(bytes32 certificate, bytes32 jurisdiction, bytes32 purpose, uint64 validAt, uint64 knownAt)
        external
        view
        returns (uint8 status, bytes32 decisionId);
}
