// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title A contract that stands in the Directory and finds the others there.
interface IListed {
    /// @notice This contract is not, or no longer, the current one under its name: it only answers questions.
    error NotCurrent(bytes32 name);
    /// @notice No contract stands in the Directory under a name that is needed here.
    error NotListed(bytes32 name);

    /// @notice The Directory this contract was deployed for.
    function directory() external view returns (address);
}
