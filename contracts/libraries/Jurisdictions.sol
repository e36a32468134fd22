// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {INames} from "../interfaces/INames.sol";
import {Names} from "./Names.sol";

/// @title Jurisdictions: countries and their parts as ISO 3166-2 writes them, "CN" and "CN-SH".
library Jurisdictions {
    /// @dev Two letters, and for a part of a country a hyphen and one to three letters or digits.
    uint256 internal constant MAX_LENGTH = 6;
    /// @dev The places that can differ: all but the hyphen's.
    uint256 private constant _PLACES = MAX_LENGTH - 1;
    /// @dev Nothing, 26 letters, 10 digits: what a place can be.
    uint32 private constant _BASE = 37;

    /// @dev Refuses what is not written as ISO 3166-2 writes it. Whether the place exists is not asked.
    function requireJurisdiction(bytes32 name) internal pure {
        bool written = Names.lengthIn(countryOf(name), Names.CAPITALS) == 2;
        if (name != countryOf(name)) {
            uint256 length = Names.lengthIn(name << 24, Names.CAPITALS | Names.DIGITS);
            written = written && name[2] == "-" && length != 0 && 3 + length <= MAX_LENGTH;
        }
        if (!written) revert INames.BadName(name);
    }

    /// @dev The country of a jurisdiction: its first two characters.
    function countryOf(bytes32 jurisdiction) internal pure returns (bytes32) {
        return bytes32(bytes2(jurisdiction));
    }

    /// @dev A well-formed jurisdiction in 32 bits, to share a slot: its characters without the hyphen as the digits of
    ///      a number to base 37, the first one highest: 0 none, 1 to 26 letters, 27 to 36 digits.
    function pack(bytes32 jurisdiction) internal pure returns (uint32 packed) {
        uint256 rest = uint256(countryOf(jurisdiction) | (jurisdiction << 24 >> 16));
        for (uint256 i; i < _PLACES; ++i) {
            uint32 character = uint32(rest >> 248);
            rest <<= 8;
            packed *= _BASE;
            if (character >= 0x41) packed += character - 0x40;
            else if (character >= 0x30) packed += character - 0x30 + 27;
        }
    }

    /// @dev The jurisdiction that was packed; 0 for 0.
    function unpack(uint32 packed) internal pure returns (bytes32) {
        uint256 characters;
        for (uint256 place; place < _PLACES; ++place) {
            uint256 digit = packed % _BASE;
            packed /= _BASE;
            if (digit != 0) characters |= (digit <= 26 ? digit + 0x40 : digit - 27 + 0x30) << (8 * place);
        }
        bytes32 whole = bytes32(characters << (256 - 8 * _PLACES));
        bytes32 part = whole << 16 >> 24;
        return part == 0 ? whole : countryOf(whole) | bytes32(uint256(0x2d) << (256 - 8 * 3)) | part;
    }
}
