// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IDeciders} from "./interfaces/IDeciders.sol";
import {Institutions} from "./Institutions.sol";

/// @title See IDeciders. The part of the InstitutionRegistry that knows who decides for an institution.
abstract contract Deciders is Institutions, IDeciders {
    mapping(bytes32 id => mapping(address account => bool)) private _isDecider;
    /// @dev For how many institutions an account decides.
    mapping(address account => uint256) private _institutionCount;

    /// @inheritdoc IDeciders
    function addDecider(bytes32 id, address account) external onlyCurrent {
        _requireInstitution(id);
        _requireNoInstitution(account);
        if (_isDecider[id][account]) revert AlreadyDecider(id, account);
        _isDecider[id][account] = true;
        ++_institutionCount[account];
        emit DeciderAdded(id, account);
    }

    /// @inheritdoc IDeciders
    function removeDecider(bytes32 id, address account) external onlyCurrent {
        _requireInstitution(id);
        if (!_isDecider[id][account]) revert UnknownDecider(id, account);
        _isDecider[id][account] = false;
        --_institutionCount[account];
        emit DeciderRemoved(id, account);
    }

    /// @inheritdoc IDeciders
    function isDecider(bytes32 id, address account) external view returns (bool) {
        return _isDecider[id][account];
    }

    /// @inheritdoc IDeciders
    function deciding(bytes32 id, address account)
        external
        view
        returns (bool decides, bytes32 jurisdiction, uint32 roles)
    {
        (, jurisdiction, roles) = standing(id);
        decides = _isDecider[id][account];
    }

    function _decidesAnywhere(address account) internal view override returns (bool) {
        return _institutionCount[account] != 0;
    }
}
