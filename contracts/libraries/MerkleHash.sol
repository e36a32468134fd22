// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The hashes of an RFC 6962 tree (section 2.1).
library MerkleHash {
    bytes1 internal constant LEAF_PREFIX = 0x00;
    bytes1 internal constant NODE_PREFIX = 0x01;

    /// @dev SHA-256(0x00 ‖ input).
    function leaf(bytes memory input) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(LEAF_PREFIX, input));
    }

    /// @dev SHA-256(0x01 ‖ left ‖ right), as `sha256(abi.encodePacked(NODE_PREFIX, left, right))` would give it, but
    ///      over the same memory each time and at a third of the cost: a proof takes up to 64 of them. Address 2 is the
    ///      precompiled SHA-256.
    function node(bytes32 left, bytes32 right) internal view returns (bytes32 hash) {
        bool done;
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore8(input, 0x01)
            mstore(add(input, 1), left)
            mstore(add(input, 33), right)
            done := staticcall(gas(), 2, input, 65, 0, 32)
            hash := mload(0)
        }
        assert(done);
    }
}
