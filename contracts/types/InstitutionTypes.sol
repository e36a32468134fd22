// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title What an institution may be, as bits of `roles`: bit n is the n-th role of the closed list.
library Role {
    uint32 internal constant ENTERPRISE = 1 << 0;
    uint32 internal constant CERTIFICATION_BODY = 1 << 1;
    uint32 internal constant PROGRAMME_OPERATOR = 1 << 2;
    uint32 internal constant VERIFICATION_BODY = 1 << 3;
    uint32 internal constant FACTOR_PUBLISHER = 1 << 4;
    uint32 internal constant RULE_STEWARD = 1 << 5;
    uint32 internal constant PLATFORM = 1 << 6;
    uint32 internal constant AUTHORITY = 1 << 7;
    uint32 internal constant RELYING_INSTITUTION = 1 << 8;
    uint32 internal constant REGISTRAR = 1 << 9;
    uint32 internal constant AUDITOR = 1 << 10;
    /// @dev Every role there is.
    uint32 internal constant ALL = (1 << 11) - 1;
}

/// @title What a record key is for.
library KeyPurpose {
    uint8 internal constant ASSERT = 1;
    uint8 internal constant LOG = 2;
    uint8 internal constant AUTH = 3;
    uint8 internal constant COSIGN = 4;
}

/// @title The signature algorithms a record key may have.
library KeyAlgorithm {
    uint8 internal constant ED25519 = 1;
}

/// @title The kinds of qualification; an authority's `grants` has bit `1 << kind` for each it may give.
library QualificationKind {
    uint8 internal constant APPROVAL = 1;
    uint8 internal constant ACCREDITATION = 2;
    uint8 internal constant DESIGNATION = 3;
    /// @dev The bits of all three.
    uint8 internal constant ALL = 2 + 4 + 8;
}

/// @title What can happen to a qualification.
library QualificationAction {
    uint8 internal constant GRANT = 1;
    uint8 internal constant SUSPEND = 2;
    uint8 internal constant RESTORE = 3;
    uint8 internal constant WITHDRAW = 4;
    uint8 internal constant CANCEL = 5;
}

/// @title The answers to "is this institution qualified?".
library QualificationStatus {
    uint8 internal constant NONE = 0;
    uint8 internal constant ACTIVE = 1;
    uint8 internal constant SUSPENDED = 2;
    uint8 internal constant WITHDRAWN = 3;
    uint8 internal constant CANCELLED = 4;
    uint8 internal constant EXPIRED = 5;
    uint8 internal constant NOT_YET_VALID = 6;
}
