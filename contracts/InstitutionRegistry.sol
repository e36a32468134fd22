// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Deciders} from "./Deciders.sol";
import {Institutions} from "./Institutions.sol";
import {IInstitutionRegistry} from "./interfaces/IInstitutionRegistry.sol";
import {Keys} from "./Keys.sol";
import {Qualifications} from "./Qualifications.sol";

/// @title See IInstitutionRegistry. Each of its parts is a file of its own.
contract InstitutionRegistry is IInstitutionRegistry, Keys, Qualifications, Deciders {
    constructor(address directory_) Institutions(directory_) {}
}
