// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "./interfaces/IConsortium.sol";
import {Listed} from "./Listed.sol";
import {Jurisdictions} from "./libraries/Jurisdictions.sol";
import {ContractNames} from "./types/ContractNames.sol";
import {QualificationKind} from "./types/InstitutionTypes.sol";

/// @title See IConsortium. The authorities are those given at deployment.
contract Consortium is IConsortium, Listed {
    Authority[] private _authorities;
    mapping(address account => Authority) private _byAccount;
    mapping(bytes32 jurisdiction => bool) private _isJurisdiction;

    constructor(address directory_, Authority[] memory authorities_) Listed(directory_, ContractNames.CONSORTIUM) {
        if (authorities_.length == 0) revert NoAuthority();
        for (uint256 i; i < authorities_.length; ++i) {
            _admit(authorities_[i]);
        }
    }

    /// @inheritdoc IConsortium
    function authorities() external view returns (Authority[] memory) {
        return _authorities;
    }

    /// @inheritdoc IConsortium
    function authorityCount() external view returns (uint256) {
        return _authorities.length;
    }

    /// @inheritdoc IConsortium
    function isAuthorityOf(address account, bytes32 jurisdiction) external view returns (bool) {
        return jurisdiction != 0 && _byAccount[account].jurisdiction == jurisdiction;
    }

    /// @inheritdoc IConsortium
    function governs(address account, bytes32 jurisdiction) external view returns (bool) {
        bytes32 own = _byAccount[account].jurisdiction;
        return own != 0 && (own == jurisdiction || own == Jurisdictions.countryOf(jurisdiction));
    }

    /// @inheritdoc IConsortium
    function jurisdictionOf(address account) external view returns (bytes32) {
        return _byAccount[account].jurisdiction;
    }

    /// @inheritdoc IConsortium
    function isJurisdiction(bytes32 jurisdiction) external view returns (bool) {
        return _isJurisdiction[jurisdiction];
    }

    /// @inheritdoc IConsortium
    function mayGrant(address account, uint8 kind) external view returns (bool) {
        return _byAccount[account].grants & (uint256(1) << kind) != 0;
    }

    function _admit(Authority memory authority) private {
        if (authority.account == address(0)) revert ZeroAccount();
        if (_byAccount[authority.account].jurisdiction != 0) revert DuplicateAuthority(authority.account);
        if (authority.grants & ~QualificationKind.ALL != 0) revert UnknownGrants(authority.grants);
        Jurisdictions.requireJurisdiction(authority.jurisdiction);
        _authorities.push(authority);
        _byAccount[authority.account] = authority;
        _isJurisdiction[authority.jurisdiction] = true;
        emit AuthorityAdmitted(authority.account, authority.jurisdiction, authority.grants);
    }
}
