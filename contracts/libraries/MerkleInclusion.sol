// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MerkleHash} from "./MerkleHash.sol";

/// @title That a leaf is in a tree: RFC 9162, section 2.1.3.2 (the trees are those of RFC 6962).
library MerkleInclusion {
    /// @param leafIndex place of the leaf, counted from 0
    /// @param treeSize number of leaves
    /// @param root the tree's hash
    /// @param leafHash the leaf's hash
    /// @param proof the hashes beside the path, from the leaf up
    /// @return whether the proof holds
    function verify(uint64 leafIndex, uint64 treeSize, bytes32 root, bytes32 leafHash, bytes32[] calldata proof)
        internal
        view
        returns (bool)
    {
        if (leafIndex >= treeSize) return false;
        uint256 index = leafIndex;
        uint256 last = treeSize - 1;
        bytes32 hash = leafHash;
        for (uint256 i; i < proof.length; ++i) {
            if (last == 0) return false;
            if (index & 1 == 1 || index == last) {
                hash = MerkleHash.node(proof[i], hash);
                while (index & 1 == 0 && index != 0) (index, last) = (index >> 1, last >> 1);
            } else {
                hash = MerkleHash.node(hash, proof[i]);
            }
            (index, last) = (index >> 1, last >> 1);
        }
        return last == 0 && hash == root;
    }
}
