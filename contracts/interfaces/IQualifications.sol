// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title What an institution is qualified for: approval, accreditation, designation, each by category.
/// @notice ACTIVE ⇄ SUSPENDED → WITHDRAWN | CANCELLED; NOT_YET_VALID and EXPIRED are computed. A qualification may be
///      granted again: after its period (a suspension stays until it is lifted), or after it was withdrawn or
///      cancelled.
interface IQualifications {
    /// @notice One entry of the history of (institution, kind, category).
    /// @param action 1 GRANT, 2 SUSPEND, 3 RESTORE, 4 WITHDRAW, 5 CANCEL
    /// @param effectiveFrom from when it is so
    /// @param recordedAt when the chain recorded it
    /// @param until of a grant: first moment at which it holds no more, 0 if there is none
    /// @param by the authority's account
    /// @param recordId of a grant: id of the Qualification record
    struct QualificationChange {
        uint8 action;
        uint64 effectiveFrom;
        uint64 recordedAt;
        uint64 until;
        address by;
        bytes32 recordId;
    }

    /// @notice An authority granted a qualification.
    event QualificationGranted(
        bytes32 indexed id,
        uint8 indexed kind,
        bytes32 indexed category,
        bytes32 recordId,
        uint64 from,
        uint64 until,
        address by
    );
    /// @notice An authority changed a qualification.
    event QualificationChanged(
        bytes32 indexed id, uint8 indexed kind, bytes32 indexed category, uint8 action, uint64 effectiveFrom, address by
    );

    /// @notice The kind is not in the list.
    error UnknownKind(uint8 kind);
    /// @notice The caller may not grant this kind of qualification to an institution of this jurisdiction.
    error NotEntitledToGrant(address caller, uint8 kind, bytes32 jurisdiction);
    /// @notice A grant names its record.
    error MissingRecordId();
    /// @notice The qualification has not ended by the time the new one begins.
    error StillGranted(bytes32 id, uint8 kind, bytes32 category, uint64 until);
    /// @notice The state machine has no such step.
    error IllegalQualificationChange(uint8 status, uint8 action);
    /// @notice No competence rule exists for this document type.
    error UnknownDocumentType(uint8 documentType);

    /// @notice An authority entitled to the kind grants a qualification.
    /// @param from 0 for now; never earlier, and not before the previous one ended
    /// @param until 0 for no end
    function grant(bytes32 id, uint8 kind, bytes32 category, bytes32 recordId, uint64 from, uint64 until) external;

    /// @notice An authority entitled to the kind suspends, restores, withdraws or cancels a qualification.
    /// @param effectiveFrom 0 for now; never earlier; a suspension or restoration not before the one before it. A
    ///        withdrawal or cancellation may come before what was announced earlier, and ends all that was granted
    ///        until then.
    function changeQualification(bytes32 id, uint8 kind, bytes32 category, uint8 action, uint64 effectiveFrom) external;

    /// @notice The status of a qualification: 0 NONE, 1 ACTIVE, 2 SUSPENDED, 3 WITHDRAWN, 4 CANCELLED, 5 EXPIRED, 6
    ///      NOT_YET_VALID.
    function qualificationAt(bytes32 id, uint8 kind, bytes32 category, uint64 validAt, uint64 knownAt)
        external
        view
        returns (uint8);

    /// @notice Whether the institution had the role and every kind of qualification that a document type needs.
    function competentAt(bytes32 id, uint8 documentType, bytes32 category, uint64 validAt, uint64 knownAt)
        external
        view
        returns (bool);

    /// @notice The kinds of qualification a document type needs: bit `1 << kind`.
    function requiredKinds(uint8 documentType) external pure returns (uint8);

    /// @notice The whole history of a qualification, in the order of recording.
    function qualificationHistory(bytes32 id, uint8 kind, bytes32 category)
        external
        view
        returns (QualificationChange[] memory);
}
