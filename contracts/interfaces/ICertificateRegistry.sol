// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Certificates and their status.
/// @notice VALID ⇄ SUSPENDED → WITHDRAWN | CANCELLED | SUPERSEDED, all final; NOT_YET_VALID and EXPIRED are computed
///      from the dates. A certificate is SUSPENDED while any hold is set; the issuer's hold is lifted by the issuer
///      only, the authority's by an authority only. A wrong withdrawal is repaired by a new certificate.
interface ICertificateRegistry {
    /// @notice What an issuer issues.
    /// @param issuer the issuing institution
    /// @param recordId id of the certificate's record
    /// @param numberDigest SHA-256 of the certificate number, unique per issuer
    /// @param documentType 1 Certificate (footprint label)
    /// @param category the product category the issuer must be qualified for, at most 26 characters
    /// @param pcrId record id of the product category rule; 0 if there is none
    /// @param origin the jurisdiction that answers for the issuer: its own, or the country it belongs to
    /// @param holderCommitment SHA-256(tag ‖ 32-byte salt ‖ USCC) of the holder
    /// @param capacityId what evidence use is counted against; 0 for this certificate's key, or its predecessor's
    ///        capacity
    /// @param validFrom first moment of its validity
    /// @param validUntil first moment after its validity
    /// @param supersedes key of the issuer's certificate that it replaces; 0 if none
    struct Issue {
        bytes32 issuer;
        bytes32 recordId;
        bytes32 numberDigest;
        uint8 documentType;
        bytes32 category;
        bytes32 pcrId;
        bytes32 origin;
        bytes32 holderCommitment;
        bytes32 capacityId;
        uint64 validFrom;
        uint64 validUntil;
        bytes32 supersedes;
    }

    /// @notice A certificate as issued (see Issue), with when it was issued and which certificate superseded it (0 if
    ///      none).
    struct Certificate {
        bytes32 issuer;
        bytes32 recordId;
        bytes32 numberDigest;
        uint8 documentType;
        bytes32 category;
        bytes32 pcrId;
        bytes32 origin;
        bytes32 holderCommitment;
        bytes32 capacityId;
        uint64 validFrom;
        uint64 validUntil;
        bytes32 supersedes;
        uint64 issuedAt;
        bytes32 supersededBy;
    }

    /// @notice One entry of a certificate's history.
    /// @param action 1 ISSUE, 2 SUSPEND, 3 RESTORE, 4 WITHDRAW, 5 CANCEL, 6 SUPERSEDE
    /// @param owner 1 ISSUER, 2 AUTHORITY
    /// @param by the account that did it
    /// @param effectiveFrom from when it is so
    /// @param recordedAt when the chain recorded it
    /// @param reason record id or digest of the reason; of ISSUE the certificate's record id, of SUPERSEDE the
    ///        successor's key
    struct Change {
        uint8 action;
        uint8 owner;
        address by;
        uint64 effectiveFrom;
        uint64 recordedAt;
        bytes32 reason;
    }

    /// @notice A certificate was issued.
    event Issued(
        bytes32 indexed key,
        bytes32 indexed issuer,
        bytes32 indexed recordId,
        bytes32 numberDigest,
        bytes32 capacityId,
        bytes32 supersedes
    );
    /// @notice A certificate's history grew. Its issue is an entry too.
    event StatusChanged(bytes32 indexed key, uint8 action, uint8 owner, uint64 effectiveFrom, bytes32 reason);

    /// @notice The caller is not the issuer's account.
    error NotIssuer(address caller, bytes32 issuer);
    /// @notice The caller is neither the issuer nor an authority that governs the certificate's origin.
    error NotEntitled(address caller, bytes32 key);
    /// @notice The issuer lacks the role or a qualification now.
    error NotCompetent(bytes32 issuer, uint8 documentType, bytes32 category);
    /// @notice The record was issued already.
    error AlreadyIssued(bytes32 key);
    /// @notice The number is used already.
    error NumberTaken(bytes32 issuer, bytes32 numberDigest, bytes32 key);
    /// @notice Record id, number digest, holder commitment and a reason are never zero.
    error MissingDigest();
    /// @notice The origin is neither the issuer's jurisdiction nor its country.
    error ForeignOrigin(bytes32 origin, bytes32 jurisdiction);
    /// @notice A successor inherits the capacity of its predecessor.
    error CapacityMismatch(bytes32 given, bytes32 inherited);
    /// @notice A certificate is superseded by its own issuer only.
    error NotOwnCertificate(bytes32 key);
    /// @notice No certificate has this key.
    error UnknownCertificate(bytes32 key);
    /// @notice The state machine has no such step for this owner.
    error IllegalCertificateChange(uint8 status, uint8 action, uint8 owner);

    /// @notice The issuer, competent now, issues a certificate.
    function issue(Issue calldata certificate_) external returns (bytes32 key);

    /// @notice Sets the caller's own hold: the issuer's, or the authority's.
    /// @param effectiveFrom 0 for now; never earlier, and not before the same owner's last suspension or restoration
    function suspend(bytes32 key, bytes32 reason, uint64 effectiveFrom) external;

    /// @notice Lifts the caller's own hold.
    function restore(bytes32 key, bytes32 reason, uint64 effectiveFrom) external;

    /// @notice The issuer or an authority withdraws the certificate for good.
    function withdraw(bytes32 key, bytes32 reason, uint64 effectiveFrom) external;

    /// @notice The issuer cancels the certificate for good, because the holder asked.
    function cancel(bytes32 key, bytes32 reason, uint64 effectiveFrom) external;

    /// @notice SHA-256("tanju/certificate/1" ‖ issuer ‖ recordId).
    function keyOf(bytes32 issuer, bytes32 recordId) external pure returns (bytes32);

    /// @notice A certificate; all zero if there is none.
    function certificate(bytes32 key) external view returns (Certificate memory);

    /// @notice The certificate with this number, 0 if none.
    function keyOfNumber(bytes32 issuer, bytes32 numberDigest) external view returns (bytes32);

    /// @notice The whole history of a certificate, in the order of recording.
    function history(bytes32 key) external view returns (Change[] memory);

    /// @notice The number of entries of `history`.
    function historyLength(bytes32 key) external view returns (uint256);

    /// @notice 0 NONE, 1 NOT_YET_VALID, 2 VALID, 3 SUSPENDED, 4 WITHDRAWN, 5 CANCELLED, 6 SUPERSEDED, 7 TRANSFERRED
    ///      (unused), 8 EXPIRED.
    /// @dev NONE if it was not issued as far as known. A terminal change in effect decides, the one that took effect
    ///      first. Without one the dates decide: NOT_YET_VALID before `validFrom` and before the moment of issue,
    ///      whichever is later, because nothing holds before it was recorded; EXPIRED from `validUntil`. Between them:
    ///      SUSPENDED while any hold is set, else VALID.
    function statusAt(bytes32 key, uint64 validAt, uint64 knownAt) external view returns (uint8);
}
