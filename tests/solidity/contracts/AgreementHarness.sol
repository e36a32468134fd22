// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IAgreementRegistry} from "../../../contracts/interfaces/IAgreementRegistry.sol";

/// @title An agreement registry whose only agreement is in force between two times and known from a third, all set by
///      the test.
contract AgreementHarness is IAgreementRegistry {
    bytes32 private _matter;
    uint64 private _from;
    uint64 private _until;
    uint64 private _recordedAt;

    function set(
        bytes32 certificate,
        bytes32 jurisdiction,
        bytes32 purpose,
        uint64 from,
        uint64 until,
        uint64 recordedAt
    ) external {
        _matter = sha256(abi.encode(certificate, jurisdiction, purpose));
        (_from, _until, _recordedAt) = (from, until, recordedAt);
    }

    /// @inheritdoc IAgreementRegistry
    function inForce(bytes32 certificate, bytes32 jurisdiction, bytes32 purpose, uint64 validAt, uint64 knownAt)
        external
        view
        returns (bool)
    {
        bool covered = _matter == sha256(abi.encode(certificate, jurisdiction, purpose));
        return covered && _recordedAt <= knownAt && _from <= validAt && validAt < _until;
    }
}
