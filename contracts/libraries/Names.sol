// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {INames} from "../interfaces/INames.sol";

/// @title Names in 32 bytes: which ones are well formed.
/// @dev A set of characters is a number: bit n is set if the ASCII code n belongs to it.
library Names {
    /// @dev So that it shares a slot with a jurisdiction as it is written.
    uint256 internal constant MAX_CATEGORY_LENGTH = 26;
    /// @dev So that it shares a slot with a jurisdiction in its packed form (see Jurisdictions).
    uint256 internal constant MAX_PURPOSE_LENGTH = 28;

    uint256 internal constant DIGITS = ((1 << 10) - 1) << 0x30;
    uint256 internal constant CAPITALS = ((1 << 26) - 1) << 0x41;
    uint256 internal constant SMALL_LETTERS = ((1 << 26) - 1) << 0x61;
    uint256 internal constant HYPHEN = 1 << 0x2d;
    /// @dev All that is printed, without the space.
    uint256 internal constant PRINTABLE = ((1 << 94) - 1) << 0x21;

    /// @dev The name of a contract or a reason: printable ASCII without spaces.
    function requirePrintable(bytes32 name) internal pure {
        if (lengthIn(name, PRINTABLE) == 0) revert INames.BadName(name);
    }

    /// @dev A purpose or category: small letters, digits, and hyphens between them.
    function requireSlug(bytes32 name, uint256 maxLength) internal pure {
        uint256 length = lengthIn(name, SMALL_LETTERS | DIGITS | HYPHEN);
        bool fits = length != 0 && length <= maxLength;
        if (!fits || name[0] == "-" || name[length - 1] == "-") revert INames.BadName(name);
    }

    /// @dev The number of characters before the padding, or 0 if one of them is not in the set. No set contains the
    ///      zero.
    function lengthIn(bytes32 name, uint256 set) internal pure returns (uint256 length) {
        for (uint256 rest = uint256(name); rest != 0; rest <<= 8) {
            if (set >> (rest >> 248) & 1 == 0) return 0;
            unchecked {
                ++length;
            }
        }
    }
}
