// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title Multikeys: which ones are well formed.
library Multikey {
    /// @dev "z" and 47 characters of base58btc for the prefix 0xed01 and 32 bytes of key.
    uint256 internal constant ED25519_LENGTH = 48;
    /// @dev How every Ed25519 multikey begins.
    bytes4 internal constant ED25519_PREFIX = "z6Mk";

    /// @dev Whether these characters can be an Ed25519 multikey. Whether the point is on the curve is not checked.
    function isEd25519(bytes calldata multikey) internal pure returns (bool) {
        if (multikey.length != ED25519_LENGTH || bytes4(multikey[:4]) != ED25519_PREFIX) return false;
        for (uint256 i = 4; i < ED25519_LENGTH; ++i) {
            if (!_isBase58(uint8(multikey[i]))) return false;
        }
        return true;
    }

    /// @dev Digits and letters without 0, I, O, l.
    function _isBase58(uint8 character) private pure returns (bool) {
        if (character >= 0x31 && character <= 0x39) return true;
        if (character >= 0x41 && character <= 0x5a) return character != 0x49 && character != 0x4f;
        return character >= 0x61 && character <= 0x7a && character != 0x6c;
    }
}
