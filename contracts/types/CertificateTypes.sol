// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The document types a competence rule exists for.
library DocumentType {
    /// @dev The footprint label: approval, accreditation and designation, and the role certification-body.
    uint8 internal constant CERTIFICATE = 1;
}

/// @title Who owns a hold or made a change.
library Owner {
    uint8 internal constant ISSUER = 1;
    uint8 internal constant AUTHORITY = 2;
}

/// @title What can happen to a certificate.
library CertificateAction {
    uint8 internal constant ISSUE = 1;
    uint8 internal constant SUSPEND = 2;
    uint8 internal constant RESTORE = 3;
    uint8 internal constant WITHDRAW = 4;
    uint8 internal constant CANCEL = 5;
    uint8 internal constant SUPERSEDE = 6;
}

/// @title The answers to "what is this certificate's status?".
library CertificateStatus {
    uint8 internal constant NONE = 0;
    uint8 internal constant NOT_YET_VALID = 1;
    uint8 internal constant VALID = 2;
    uint8 internal constant SUSPENDED = 3;
    uint8 internal constant WITHDRAWN = 4;
    uint8 internal constant CANCELLED = 5;
    uint8 internal constant SUPERSEDED = 6;
    /// @dev Reserved: no action leads here yet.
    uint8 internal constant TRANSFERRED = 7;
    uint8 internal constant EXPIRED = 8;
}
