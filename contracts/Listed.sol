// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IDirectory} from "./interfaces/IDirectory.sol";
import {IListed} from "./interfaces/IListed.sol";

/// @title What all contracts in the Directory share: they write only while they are the current one, and find the
///      others by name.
abstract contract Listed is IListed {
    IDirectory private immutable _DIRECTORY;
    bytes32 private immutable _NAME;

    constructor(address directory_, bytes32 name) {
        _DIRECTORY = IDirectory(directory_);
        _NAME = name;
    }

    /// @dev Every function that writes carries this.
    modifier onlyCurrent() {
        if (_DIRECTORY.current(_NAME) != address(this)) revert NotCurrent(_NAME);
        _;
    }

    /// @inheritdoc IListed
    function directory() external view returns (address) {
        return address(_DIRECTORY);
    }

    /// @dev The current contract under a name, 0 if none.
    function _find(bytes32 name) internal view returns (address) {
        return _DIRECTORY.current(name);
    }

    /// @dev The current contract under a name that must have one.
    function _need(bytes32 name) internal view returns (address target) {
        target = _find(name);
        if (target == address(0)) revert NotListed(name);
    }
}
