// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Names in 32 bytes: ASCII, right padded with zeros.
interface INames {
    /// @notice Not a name of the expected form: empty, with a character outside its alphabet, with zeros inside, or too
    ///      long.
    error BadName(bytes32 name);
}
