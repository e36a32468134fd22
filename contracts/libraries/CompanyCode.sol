// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The codes by which companies are known: which ones are well formed.
library CompanyCode {
    uint256 internal constant USCC_LENGTH = 18;
    uint256 internal constant LEI_LENGTH = 20;
    /// @dev GB 32100-2015: digits and capital letters without I, O, S, V, Z; the place of a character is its value.
    bytes internal constant USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// @dev GB 32100-2015: the check character is (31 − Σ value × 3^(i−1) mod 31) mod 31, so that the sum over all 18
    ///      ends at 0: the last character, whose weight 3^17 is not used, counts once.
    function isUscc(bytes memory code) internal pure returns (bool) {
        if (code.length != USCC_LENGTH) return false;
        uint256 sum;
        uint256 weight = 1;
        for (uint256 i; i < USCC_LENGTH; ++i) {
            uint256 value = _usccValue(code[i]);
            if (value == USCC_ALPHABET.length) return false;
            sum += value * (i == USCC_LENGTH - 1 ? 1 : weight);
            weight = weight * 3 % 31;
        }
        return sum % 31 == 0;
    }

    /// @dev ISO 17442: 18 capital letters or digits and two check digits; the whole, letters read as 10 to 35, is 1
    ///      modulo 97 (ISO/IEC 7064).
    function isLei(bytes memory code) internal pure returns (bool) {
        if (code.length != LEI_LENGTH) return false;
        uint256 remainder;
        for (uint256 i; i < LEI_LENGTH; ++i) {
            uint256 character = uint8(code[i]);
            if (character >= 0x30 && character <= 0x39) {
                remainder = (remainder * 10 + character - 0x30) % 97;
            } else if (i < LEI_LENGTH - 2 && character >= 0x41 && character <= 0x5a) {
                remainder = (remainder * 100 + character - 0x41 + 10) % 97;
            } else {
                return false;
            }
        }
        return remainder == 1;
    }

    function _usccValue(bytes1 character) private pure returns (uint256 value) {
        bytes memory alphabet = USCC_ALPHABET;
        while (value < alphabet.length && alphabet[value] != character) ++value;
    }
}
