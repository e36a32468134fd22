// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The jurisdictions and their authorities.
/// @notice A jurisdiction is a country or one of its parts in ISO 3166-2 form ("CN", "CN-SH"). The authorities of "CN"
///      govern "CN-SH" too; those of "CN-SH" govern only it, and nobody governs another country.
interface IConsortium {
    /// @notice One authority.
    /// @param account its account, used by no other authority
    /// @param jurisdiction the jurisdiction it acts for
    /// @param grants which kinds of qualification it may grant: bit `1 << kind`
    struct Authority {
        address account;
        bytes32 jurisdiction;
        uint8 grants;
    }

    /// @notice An authority was admitted.
    event AuthorityAdmitted(address indexed account, bytes32 indexed jurisdiction, uint8 grants);

    /// @notice A consortium has at least one authority.
    error NoAuthority();
    /// @notice The zero address is nobody's account.
    error ZeroAccount();
    /// @notice An account is one authority's only.
    error DuplicateAuthority(address account);
    /// @notice The mask names a kind of qualification that does not exist.
    error UnknownGrants(uint8 grants);

    /// @notice All authorities, in the order of their admission.
    function authorities() external view returns (Authority[] memory);

    /// @notice How many authorities there are.
    function authorityCount() external view returns (uint256);

    /// @notice Whether the account is an authority of exactly this jurisdiction.
    function isAuthorityOf(address account, bytes32 jurisdiction) external view returns (bool);

    /// @notice Whether the account is an authority of this jurisdiction or of the country it belongs to.
    function governs(address account, bytes32 jurisdiction) external view returns (bool);

    /// @notice The jurisdiction an authority acts for, 0 if the account is no authority.
    function jurisdictionOf(address account) external view returns (bytes32);

    /// @notice Whether a jurisdiction has an authority of its own.
    function isJurisdiction(bytes32 jurisdiction) external view returns (bool);

    /// @notice Whether the account is an authority that may grant this kind of qualification.
    function mayGrant(address account, uint8 kind) external view returns (bool);
}
