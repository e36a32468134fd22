// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title On what a recognition rests.
library RecognitionMode {
    /// @dev Holds by law and is never decided here.
    uint8 internal constant STATUTORY = 1;
    uint8 internal constant AUTO = 2;
    uint8 internal constant REVIEW = 3;
    uint8 internal constant UNILATERAL = 4;
}

/// @title What a decision says. The numbers are those of the status that the decision leads to.
library RecognitionOutcome {
    uint8 internal constant FULL = 1;
    uint8 internal constant PARTIAL = 2;
    uint8 internal constant CONDITIONAL = 3;
    uint8 internal constant REFUSED = 4;
}

/// @title The answers to "is this certificate recognised here, for this?".
library RecognitionStatus {
    uint8 internal constant NONE = 0;
    uint8 internal constant FULL = 1;
    uint8 internal constant PARTIAL = 2;
    uint8 internal constant CONDITIONAL = 3;
    uint8 internal constant REFUSED = 4;
    uint8 internal constant PAUSED = 5;
    uint8 internal constant LAPSED = 6;
    uint8 internal constant WITHDRAWN = 7;
    /// @dev Reserved: no scheme level is on chain yet.
    uint8 internal constant STATUTORY = 8;
}
