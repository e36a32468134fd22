// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title What the recognition registry asks of the agreements between jurisdictions.
interface IAgreementRegistry {
    /// @notice Whether an agreement covers the certificate in this jurisdiction for this purpose.
    function inForce(bytes32 certificate, bytes32 jurisdiction, bytes32 purpose, uint64 validAt, uint64 knownAt)
        external
        view
        returns (bool);
}
