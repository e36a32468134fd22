// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IKeys} from "./interfaces/IKeys.sol";
import {Institutions} from "./Institutions.sol";
import {Multikey} from "./libraries/Multikey.sol";
import {Times} from "./libraries/Times.sol";
import {KeyAlgorithm, KeyPurpose} from "./types/InstitutionTypes.sol";

/// @title See IKeys. The part of the InstitutionRegistry that knows with which keys an institution signs.
abstract contract Keys is Institutions, IKeys {
    /// @dev One revocation; each is earlier in effect than the one before it, so the last one known decides.
    struct Revocation {
        uint64 effectiveFrom;
        uint64 recordedAt;
        address by;
    }

    /// @dev One key of one institution for one purpose.
    struct StoredKey {
        bytes32 digest;
        uint8 algorithm;
        uint8 purpose;
        address addedBy;
        uint64 from;
        uint64 until;
        uint64 recordedAt;
        Revocation[] revocations;
    }

    mapping(bytes32 digest => bytes32 id) private _idOfKey;
    mapping(bytes32 id => StoredKey[]) private _keys;
    /// @dev Place in `_keys` plus one; 0 if there is no such key.
    mapping(bytes32 id => mapping(bytes32 digest => mapping(uint8 purpose => uint256))) private _place;

    /// @inheritdoc IKeys
    function addKey(bytes32 id, bytes calldata multikey, uint8 algorithm, uint8 purpose, uint64 from, uint64 until)
        external
        onlyCurrent
    {
        _requireInstitution(id);
        if (algorithm != KeyAlgorithm.ED25519) revert UnknownAlgorithm(algorithm);
        if (!Multikey.isEd25519(multikey)) revert MalformedMultikey(multikey);
        uint64 start = Times.forward(from);
        Times.requireOpenPeriod(start, until);

        bytes32 digest = sha256(multikey);
        StoredKey storage key = _claim(id, digest, purpose);
        key.algorithm = algorithm;
        (key.from, key.until, key.recordedAt) = (start, until, Times.current());
        emit KeyAdded(id, digest, purpose, algorithm, start, until, string(multikey));
    }

    /// @inheritdoc IKeys
    function revokeKey(bytes32 id, bytes32 digest, uint8 purpose, uint64 effectiveFrom) external onlyCurrent {
        if (!_consortium().governs(msg.sender, _jurisdictionOf(id))) _requireInstitution(id);
        uint256 place = _place[id][digest][purpose];
        if (place == 0) revert UnknownKey(id, digest, purpose);
        Revocation[] storage revocations = _keys[id][place - 1].revocations;
        uint64 start = Times.forward(effectiveFrom);
        if (revocations.length != 0) {
            uint64 last = revocations[revocations.length - 1].effectiveFrom;
            if (start >= last) revert AlreadyRevoked(digest, last);
        }
        revocations.push(Revocation(start, Times.current(), msg.sender));
        emit KeyRevoked(id, digest, purpose, start, msg.sender);
    }

    /// @inheritdoc IKeys
    function keyValidAt(bytes32 id, bytes32 digest, uint8 purpose, uint64 validAt, uint64 knownAt)
        external
        view
        returns (bool)
    {
        Times.requireKnown(knownAt);
        uint256 place = _place[id][digest][purpose];
        if (place == 0) return false;
        StoredKey storage key = _keys[id][place - 1];
        if (key.recordedAt > knownAt || validAt < key.from) return false;
        if (key.until != 0 && validAt >= key.until) return false;
        for (uint256 i = key.revocations.length; i > 0; --i) {
            Revocation storage revocation = key.revocations[i - 1];
            if (revocation.recordedAt <= knownAt) return validAt < revocation.effectiveFrom;
        }
        return true;
    }

    /// @inheritdoc IKeys
    function keys(bytes32 id) external view returns (Key[] memory list) {
        StoredKey[] storage stored = _keys[id];
        list = new Key[](stored.length);
        for (uint256 i; i < list.length; ++i) {
            list[i] = _read(stored[i]);
        }
    }

    /// @inheritdoc IKeys
    function institutionOfKey(bytes32 digest) external view returns (bytes32) {
        return _idOfKey[digest];
    }

    /// @dev A new place for a key that the institution does not have for this purpose and nobody else has at all.
    function _claim(bytes32 id, bytes32 digest, uint8 purpose) private returns (StoredKey storage key) {
        if (purpose < KeyPurpose.ASSERT || purpose > KeyPurpose.COSIGN) revert UnknownPurpose(purpose);
        bytes32 holder = _idOfKey[digest];
        if (holder != 0 && holder != id) revert KeyOfAnother(digest, holder);
        if (_place[id][digest][purpose] != 0) revert DuplicateKey(id, digest, purpose);
        _idOfKey[digest] = id;
        key = _keys[id].push();
        (key.digest, key.purpose, key.addedBy) = (digest, purpose, msg.sender);
        _place[id][digest][purpose] = _keys[id].length;
    }

    function _read(StoredKey storage stored) private view returns (Key memory key) {
        (key.digest, key.algorithm, key.purpose, key.addedBy) =
        (stored.digest, stored.algorithm, stored.purpose, stored.addedBy);
        (key.from, key.until, key.recordedAt) = (stored.from, stored.until, stored.recordedAt);
        uint256 count = stored.revocations.length;
        if (count == 0) return key;
        Revocation storage last = stored.revocations[count - 1];
        (key.revokedFrom, key.revokedAt, key.revokedBy) = (last.effectiveFrom, last.recordedAt, last.by);
    }
}
