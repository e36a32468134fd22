// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The heads of the institutions' record logs.
/// @notice Each institution keeps an RFC 6962 tree of its records. The chain holds its checkpoints and accepts the next
///      one only with a proof that the tree grew out of the last one: a log cannot be rewritten, even with its key. An
///      authority can close an epoch and open the next, when the account was stolen or leaves were lost; old epochs
///      stay readable.
interface IRecordLog {
    /// @notice The tree at one moment.
    /// @param size number of leaves
    /// @param recordedAt block time
    /// @param root RFC 6962 tree hash
    struct Checkpoint {
        uint64 size;
        uint64 recordedAt;
        bytes32 root;
    }

    /// @notice An institution appended leaves.
    event Appended(bytes32 indexed institution, uint64 indexed epoch, uint64 size, bytes32 root, uint64 position);
    /// @notice An authority closed the epoch before this one and opened this one.
    event EpochOpened(bytes32 indexed institution, uint64 indexed epoch, address by);

    /// @notice The caller is not the institution's account.
    error NotLogOwner(address caller, bytes32 institution);
    /// @notice The caller is no authority that governs the institution.
    error NotLogAuthority(address caller, bytes32 institution);
    /// @notice No institution has this id.
    error NoSuchInstitution(bytes32 institution);
    /// @notice Only the current epoch grows.
    error NotCurrentEpoch(uint64 epoch, uint64 current);
    /// @notice A checkpoint is larger than the one before it.
    error NotGrowing(uint64 size, uint64 lastSize);
    /// @notice At most `MAX_APPEND` leaves at a time.
    error AppendTooLarge(uint64 leaves, uint64 most);
    /// @notice At most `MAX_SIZE` leaves in an epoch.
    error LogTooLarge(uint64 size, uint64 most);
    /// @notice The proof does not show that the tree grew out of the last checkpoint.
    error InconsistentRoot(uint64 lastSize, bytes32 lastRoot, uint64 size, bytes32 root);
    /// @notice No checkpoint covers this leaf yet.
    error NotAnchored(bytes32 institution, uint64 epoch, uint64 leafIndex);
    /// @notice There is no checkpoint at this position.
    error NoCheckpoint(bytes32 institution, uint64 epoch, uint64 position);

    /// @notice The institution anchors a larger tree.
    /// @param proof RFC 6962 consistency proof from the last checkpoint; empty for the first of an epoch
    function append(bytes32 institution, uint64 epoch, uint64 size, bytes32 root, bytes32[] calldata proof) external;

    /// @notice An authority that governs the institution closes the current epoch and opens the next.
    function openEpoch(bytes32 institution) external;

    /// @notice The epoch that grows; the first is 0.
    function currentEpoch(bytes32 institution) external view returns (uint64);

    /// @notice The last checkpoint of an epoch; all zero if there is none.
    function head(bytes32 institution, uint64 epoch) external view returns (Checkpoint memory);

    /// @notice How many checkpoints an epoch has.
    function checkpointCount(bytes32 institution, uint64 epoch) external view returns (uint256);

    /// @notice The checkpoint at a position, counted from 0.
    function checkpointAt(bytes32 institution, uint64 epoch, uint64 position) external view returns (Checkpoint memory);

    /// @notice The first checkpoint that covers a leaf: its time is when the leaf's record was anchored.
    function checkpointFor(bytes32 institution, uint64 epoch, uint64 leafIndex)
        external
        view
        returns (Checkpoint memory checkpoint, uint64 position);
}
