// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Who an institution is.
/// @notice Its id is SHA-256("tanju/institution/1" ‖ scheme ‖ code), the same in every jurisdiction: a company has one
///      identity.
interface IInstitutions {
    /// @notice What an authority registers.
    /// @param scheme "uscc" (unified social credit code, GB 32100-2015) or "lei" (ISO 17442)
    /// @param code the code, in upper case, with a right check character
    /// @param jurisdiction where the institution is registered
    /// @param account the account that acts for the institution; nobody else's
    /// @param roles bits of the closed list of roles; at least one
    /// @param profileId record id of the InstitutionProfile
    /// @param didDigest SHA-256 of the institution's DID; nobody else's, ever
    /// @param endpoint where its node answers
    struct Registration {
        string scheme;
        string code;
        bytes32 jurisdiction;
        address account;
        uint32 roles;
        bytes32 profileId;
        bytes32 didDigest;
        string endpoint;
    }

    /// @notice An institution as it stands; see Registration.
    struct Institution {
        bytes32 jurisdiction;
        address account;
        uint32 roles;
        bytes32 profileId;
        uint64 recordedAt;
        string endpoint;
    }

    /// @notice The span in which a DID was an institution's.
    /// @param institution whose
    /// @param openedAt since when, and recorded then
    /// @param closedAt until when, and recorded then; 0 while it is open
    struct DidSpan {
        bytes32 institution;
        uint64 openedAt;
        uint64 closedAt;
    }

    /// @notice An authority registered an institution.
    event InstitutionRegistered(
        bytes32 indexed id,
        bytes32 indexed jurisdiction,
        address indexed account,
        uint32 roles,
        bytes32 profileId,
        bytes32 didDigest,
        string scheme,
        string code,
        string endpoint
    );
    /// @notice An institution has another DID from now on.
    event DidChanged(bytes32 indexed id, bytes32 indexed oldDidDigest, bytes32 indexed newDidDigest);

    /// @notice The caller is no authority of the jurisdiction, nor of the country it belongs to.
    error NotAuthority(address caller, bytes32 jurisdiction);
    /// @notice The caller is not the institution's account.
    error NotInstitution(address caller, bytes32 id);
    /// @notice No institution has this id.
    error UnknownInstitution(bytes32 id);
    /// @notice The institution stands already.
    error AlreadyInstitution(bytes32 id);
    /// @notice The scheme is neither "uscc" nor "lei".
    error UnknownScheme(string scheme);
    /// @notice The code has a wrong length, alphabet or check character.
    error MalformedCode(string scheme, string code);
    /// @notice The account is zero, or an institution's, a decider's or an authority's.
    error AccountUnavailable(address account);
    /// @notice No role, or one that does not exist.
    error UnknownRoles(uint32 roles);
    /// @notice The digest is zero, or was an institution's before.
    error DidUnavailable(bytes32 didDigest);

    /// @notice An authority of the jurisdiction, or of its country, registers an institution.
    function register(Registration calldata registration) external returns (bytes32 id);

    /// @notice The institution changes its DID; the old one is closed now and never opens again.
    function changeDid(bytes32 id, bytes32 newDidDigest) external;

    /// @notice The id of the institution with this code. Does not check the code.
    function idOf(string calldata scheme, string calldata code) external pure returns (bytes32);

    /// @notice An institution; all zero if there is none.
    function institution(bytes32 id) external view returns (Institution memory);

    /// @notice An institution's account, 0 if there is none.
    function accountOf(bytes32 id) external view returns (address);

    /// @notice An institution's account, jurisdiction and roles; all zero if there is none.
    function standing(bytes32 id) external view returns (address account, bytes32 jurisdiction, uint32 roles);

    /// @notice The institution that acts through an account, 0 if none.
    function institutionOfAccount(address account) external view returns (bytes32);

    /// @notice The institution whose DID this was, 0 if nobody's.
    function institutionOfDid(bytes32 didDigest, uint64 validAt, uint64 knownAt) external view returns (bytes32);

    /// @notice The span of a DID; all zero if it was nobody's.
    function didSpan(bytes32 didDigest) external view returns (DidSpan memory);
}
