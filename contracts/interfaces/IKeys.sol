// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The keys with which an institution signs, by purpose and with dates.
/// @notice A key is known by the SHA-256 of its multikey in ASCII. One key may serve several purposes of one
///      institution; it never serves two institutions.
interface IKeys {
    /// @notice One key for one purpose.
    /// @param digest SHA-256 of the multikey in ASCII
    /// @param algorithm 1 Ed25519
    /// @param purpose 1 ASSERT, 2 LOG, 3 AUTH, 4 COSIGN
    /// @param from since when it may be used
    /// @param until first moment at which it may not be used any more; 0 if there is none
    /// @param recordedAt when the chain recorded it
    /// @param revokedFrom from when the key is revoked; 0 if it is not
    /// @param revokedAt when the chain recorded that; 0 if it is not
    /// @param addedBy the account that added it
    /// @param revokedBy the account that revoked it; 0 if nobody did
    struct Key {
        bytes32 digest;
        uint8 algorithm;
        uint8 purpose;
        uint64 from;
        uint64 until;
        uint64 recordedAt;
        uint64 revokedFrom;
        uint64 revokedAt;
        address addedBy;
        address revokedBy;
    }

    /// @notice An institution added a key for a purpose.
    event KeyAdded(
        bytes32 indexed id,
        bytes32 indexed digest,
        uint8 indexed purpose,
        uint8 algorithm,
        uint64 from,
        uint64 until,
        string multikey
    );
    /// @notice A key is revoked for a purpose from a moment on.
    event KeyRevoked(
        bytes32 indexed id, bytes32 indexed digest, uint8 indexed purpose, uint64 effectiveFrom, address by
    );

    /// @notice The algorithm is not in the list.
    error UnknownAlgorithm(uint8 algorithm);
    /// @notice The purpose is not in the list.
    error UnknownPurpose(uint8 purpose);
    /// @notice Not a multikey of the algorithm: an Ed25519 one has 48 characters of base58btc and begins with "z6Mk".
    error MalformedMultikey(bytes multikey);
    /// @notice The key belongs to another institution.
    error KeyOfAnother(bytes32 digest, bytes32 institution);
    /// @notice The institution has this key for this purpose already.
    error DuplicateKey(bytes32 id, bytes32 digest, uint8 purpose);
    /// @notice The institution has no such key for this purpose.
    error UnknownKey(bytes32 id, bytes32 digest, uint8 purpose);
    /// @notice The key is revoked no later than this already.
    error AlreadyRevoked(bytes32 digest, uint64 revokedFrom);

    /// @notice The institution adds a key for a purpose. That it possesses the private half is shown in its profile,
    ///      off the chain.
    /// @param from 0 for now; never earlier
    /// @param until 0 for no end
    function addKey(bytes32 id, bytes calldata multikey, uint8 algorithm, uint8 purpose, uint64 from, uint64 until)
        external;

    /// @notice The institution, or an authority that governs it, revokes a key for a purpose. A second revocation may
    ///      only be earlier.
    /// @param effectiveFrom 0 for now; never earlier
    function revokeKey(bytes32 id, bytes32 digest, uint8 purpose, uint64 effectiveFrom) external;

    /// @notice Whether this was the institution's key for this purpose.
    function keyValidAt(bytes32 id, bytes32 digest, uint8 purpose, uint64 validAt, uint64 knownAt)
        external
        view
        returns (bool);

    /// @notice All keys of an institution, in the order of their addition, with the earliest revocation of each.
    function keys(bytes32 id) external view returns (Key[] memory);

    /// @notice The institution a key belongs to, 0 if nobody's.
    function institutionOfKey(bytes32 digest) external view returns (bytes32);
}
