// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The names under which the contracts stand in the Directory.
library ContractNames {
    bytes32 internal constant CONSORTIUM = "Consortium";
    bytes32 internal constant INSTITUTION_REGISTRY = "InstitutionRegistry";
    bytes32 internal constant RECORD_LOG = "RecordLog";
    bytes32 internal constant CERTIFICATE_REGISTRY = "CertificateRegistry";
    bytes32 internal constant RECOGNITION_REGISTRY = "RecognitionRegistry";
    /// @dev Not built yet; AUTO and REVIEW decisions need it.
    bytes32 internal constant AGREEMENT_REGISTRY = "AgreementRegistry";
}
