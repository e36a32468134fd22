// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MerkleHash} from "./MerkleHash.sol";

/// @title That a tree grew out of a smaller one: RFC 9162, section 2.1.4.2 (the trees are those of RFC 6962).
library MerkleConsistency {
    /// @notice A proof from the empty tree would show nothing and is refused; equal trees need an empty proof.
    /// @param size1 number of leaves of the smaller tree
    /// @param root1 its hash
    /// @param size2 number of leaves of the larger tree
    /// @param root2 its hash
    /// @param proof the hashes, in the order of the RFC
    /// @return whether the proof holds
    function verify(uint64 size1, bytes32 root1, uint64 size2, bytes32 root2, bytes32[] calldata proof)
        internal
        view
        returns (bool)
    {
        if (size1 == 0 || size1 > size2) return false;
        if (size1 == size2) return proof.length == 0 && root1 == root2;
        if (proof.length == 0) return false;

        uint256 index = size1 - 1;
        uint256 last = size2 - 1;
        while (index & 1 == 1) (index, last) = (index >> 1, last >> 1);

        // When the smaller tree is one complete subtree of the larger one, its hash is not repeated in the proof.
        bool complete = index == 0;
        bytes32 hash1 = complete ? root1 : proof[0];
        bytes32 hash2 = hash1;
        for (uint256 i = complete ? 0 : 1; i < proof.length; ++i) {
            if (last == 0) return false;
            bytes32 beside = proof[i];
            if (index & 1 == 1 || index == last) {
                // Until the trees differ their hashes are the same.
                bytes32 joined = MerkleHash.node(beside, hash1);
                hash2 = hash1 == hash2 ? joined : MerkleHash.node(beside, hash2);
                hash1 = joined;
                while (index & 1 == 0 && index != 0) (index, last) = (index >> 1, last >> 1);
            } else {
                hash2 = MerkleHash.node(hash2, beside);
            }
            (index, last) = (index >> 1, last >> 1);
        }
        return last == 0 && hash1 == root1 && hash2 == root2;
    }
}
