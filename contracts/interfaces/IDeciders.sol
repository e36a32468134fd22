// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The accounts of the persons who decide for an institution, two for every decision.
/// @notice A decider's account is no institution's and no authority's.
interface IDeciders {
    /// @notice An account decides for an institution from now on.
    event DeciderAdded(bytes32 indexed id, address indexed account);
    /// @notice An account decides for an institution no more.
    event DeciderRemoved(bytes32 indexed id, address indexed account);

    /// @notice The account decides for this institution already.
    error AlreadyDecider(bytes32 id, address account);
    /// @notice The account does not decide for this institution.
    error UnknownDecider(bytes32 id, address account);

    /// @notice The institution names a decider.
    function addDecider(bytes32 id, address account) external;

    /// @notice The institution removes a decider.
    function removeDecider(bytes32 id, address account) external;

    /// @notice Whether the account decides for the institution now.
    function isDecider(bytes32 id, address account) external view returns (bool);

    /// @notice The same, with the jurisdiction and roles of the institution: all that a decision asks.
    function deciding(bytes32 id, address account)
        external
        view
        returns (bool decides, bytes32 jurisdiction, uint32 roles);
}
