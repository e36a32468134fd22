// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IDeciders} from "./IDeciders.sol";
import {IInstitutions} from "./IInstitutions.sol";
import {IKeys} from "./IKeys.sol";
import {IQualifications} from "./IQualifications.sol";

/// @title Institutions with their keys, qualifications and deciders.
interface IInstitutionRegistry is IInstitutions, IKeys, IQualifications, IDeciders {}
