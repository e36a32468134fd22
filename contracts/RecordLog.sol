// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "./interfaces/IConsortium.sol";
import {IInstitutionRegistry} from "./interfaces/IInstitutionRegistry.sol";
import {IRecordLog} from "./interfaces/IRecordLog.sol";
import {Listed} from "./Listed.sol";
import {MerkleConsistency} from "./libraries/MerkleConsistency.sol";
import {Times} from "./libraries/Times.sol";
import {ContractNames} from "./types/ContractNames.sol";

/// @title See IRecordLog.
contract RecordLog is IRecordLog, Listed {
    /// @notice The most leaves an append may add.
    uint64 public constant MAX_APPEND = 2 ** 20;
    /// @notice The most leaves an epoch may have.
    uint64 public constant MAX_SIZE = 2 ** 32;

    mapping(bytes32 institution => uint64 epoch) private _currentEpoch;
    mapping(bytes32 institution => mapping(uint64 epoch => Checkpoint[])) private _checkpoints;

    constructor(address directory_) Listed(directory_, ContractNames.RECORD_LOG) {}

    /// @inheritdoc IRecordLog
    function append(bytes32 institution, uint64 epoch, uint64 size, bytes32 root, bytes32[] calldata proof)
        external
        onlyCurrent
    {
        if (_institutions().accountOf(institution) != msg.sender) revert NotLogOwner(msg.sender, institution);
        uint64 current = _currentEpoch[institution];
        if (epoch != current) revert NotCurrentEpoch(epoch, current);
        Checkpoint[] storage checkpoints = _checkpoints[institution][epoch];
        uint64 position = uint64(checkpoints.length);
        Checkpoint memory last;
        if (position != 0) last = checkpoints[position - 1];
        _requireGrowth(last, size, root, proof);

        checkpoints.push(Checkpoint(size, Times.current(), root));
        emit Appended(institution, epoch, size, root, position);
    }

    /// @inheritdoc IRecordLog
    function openEpoch(bytes32 institution) external onlyCurrent {
        (, bytes32 jurisdiction,) = _institutions().standing(institution);
        if (jurisdiction == 0) revert NoSuchInstitution(institution);
        IConsortium consortium = IConsortium(_need(ContractNames.CONSORTIUM));
        if (!consortium.governs(msg.sender, jurisdiction)) revert NotLogAuthority(msg.sender, institution);
        uint64 epoch = ++_currentEpoch[institution];
        emit EpochOpened(institution, epoch, msg.sender);
    }

    /// @inheritdoc IRecordLog
    function currentEpoch(bytes32 institution) external view returns (uint64) {
        return _currentEpoch[institution];
    }

    /// @inheritdoc IRecordLog
    function head(bytes32 institution, uint64 epoch) external view returns (Checkpoint memory last) {
        Checkpoint[] storage checkpoints = _checkpoints[institution][epoch];
        if (checkpoints.length != 0) last = checkpoints[checkpoints.length - 1];
    }

    /// @inheritdoc IRecordLog
    function checkpointCount(bytes32 institution, uint64 epoch) external view returns (uint256) {
        return _checkpoints[institution][epoch].length;
    }

    /// @inheritdoc IRecordLog
    function checkpointAt(bytes32 institution, uint64 epoch, uint64 position)
        external
        view
        returns (Checkpoint memory)
    {
        Checkpoint[] storage checkpoints = _checkpoints[institution][epoch];
        if (position >= checkpoints.length) revert NoCheckpoint(institution, epoch, position);
        return checkpoints[position];
    }

    /// @inheritdoc IRecordLog
    function checkpointFor(bytes32 institution, uint64 epoch, uint64 leafIndex)
        external
        view
        returns (Checkpoint memory checkpoint, uint64 position)
    {
        Checkpoint[] storage checkpoints = _checkpoints[institution][epoch];
        uint256 low;
        uint256 high = checkpoints.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (checkpoints[middle].size > leafIndex) high = middle;
            else low = middle + 1;
        }
        if (low == checkpoints.length) revert NotAnchored(institution, epoch, leafIndex);
        return (checkpoints[low], uint64(low));
    }

    /// @dev The tree is larger than the last one, within the limits, and grew out of it.
    function _requireGrowth(Checkpoint memory last, uint64 size, bytes32 root, bytes32[] calldata proof) private view {
        if (size <= last.size) revert NotGrowing(size, last.size);
        if (size > MAX_SIZE) revert LogTooLarge(size, MAX_SIZE);
        if (size - last.size > MAX_APPEND) revert AppendTooLarge(size - last.size, MAX_APPEND);
        // From the empty tree everything grows, and there is nothing to prove.
        bool grew =
            last.size == 0 ? proof.length == 0 : MerkleConsistency.verify(last.size, last.root, size, root, proof);
        if (!grew) revert InconsistentRoot(last.size, last.root, size, root);
    }

    function _institutions() private view returns (IInstitutionRegistry) {
        return IInstitutionRegistry(_need(ContractNames.INSTITUTION_REGISTRY));
    }
}
