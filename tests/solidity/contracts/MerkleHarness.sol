// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MerkleConsistency} from "../../../contracts/libraries/MerkleConsistency.sol";
import {MerkleHash} from "../../../contracts/libraries/MerkleHash.sol";
import {MerkleInclusion} from "../../../contracts/libraries/MerkleInclusion.sol";

/// @title Opens the tree libraries to the tests.
contract MerkleHarness {
    function consistency(uint64 size1, bytes32 root1, uint64 size2, bytes32 root2, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        return MerkleConsistency.verify(size1, root1, size2, root2, proof);
    }

    function inclusion(uint64 leafIndex, uint64 treeSize, bytes32 root, bytes32 leafHash, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        return MerkleInclusion.verify(leafIndex, treeSize, root, leafHash, proof);
    }

    function node(bytes32 left, bytes32 right) external view returns (bytes32) {
        return MerkleHash.node(left, right);
    }

    function leaf(bytes calldata input) external pure returns (bytes32) {
        return MerkleHash.leaf(input);
    }
}
