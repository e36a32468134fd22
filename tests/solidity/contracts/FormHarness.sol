// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {CompanyCode} from "../../../contracts/libraries/CompanyCode.sol";
import {Jurisdictions} from "../../../contracts/libraries/Jurisdictions.sol";
import {Multikey} from "../../../contracts/libraries/Multikey.sol";
import {Names} from "../../../contracts/libraries/Names.sol";

/// @title Opens the libraries of written forms to the tests.
contract FormHarness {
    function isUscc(string calldata code) external pure returns (bool) {
        return CompanyCode.isUscc(bytes(code));
    }

    function isLei(string calldata code) external pure returns (bool) {
        return CompanyCode.isLei(bytes(code));
    }

    function isEd25519(bytes calldata multikey) external pure returns (bool) {
        return Multikey.isEd25519(multikey);
    }

    function requirePrintable(bytes32 name) external pure {
        Names.requirePrintable(name);
    }

    function requireSlug(bytes32 name, uint256 maxLength) external pure {
        Names.requireSlug(name, maxLength);
    }

    function requireJurisdiction(bytes32 name) external pure {
        Jurisdictions.requireJurisdiction(name);
    }

    function countryOf(bytes32 jurisdiction) external pure returns (bytes32) {
        return Jurisdictions.countryOf(jurisdiction);
    }

    function pack(bytes32 jurisdiction) external pure returns (uint32) {
        return Jurisdictions.pack(jurisdiction);
    }

    function unpack(uint32 packed) external pure returns (bytes32) {
        return Jurisdictions.unpack(packed);
    }
}
