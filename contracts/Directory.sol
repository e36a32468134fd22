// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IDirectory} from "./interfaces/IDirectory.sol";
import {Names} from "./libraries/Names.sol";

/// @title See IDirectory.
contract Directory is IDirectory {
    address private immutable _INSTALLER;
    bool private _sealed;
    mapping(bytes32 name => Entry[]) private _entries;
    /// @dev The target of the last entry, which every write of every contract asks for.
    mapping(bytes32 name => address) private _current;

    constructor(address installer_) {
        _INSTALLER = installer_;
    }

    modifier onlyInstalling() {
        if (msg.sender != _INSTALLER) revert NotInstaller(msg.sender);
        if (_sealed) revert AlreadySealed();
        _;
    }

    /// @inheritdoc IDirectory
    function register(bytes32 name, address target) external onlyInstalling {
        Names.requirePrintable(name);
        if (target.code.length == 0) revert NoCode(target);
        if (_current[name] != address(0)) revert AlreadyRegistered(name, _current[name]);
        bytes32 codeHash = sha256(target.code);
        _entries[name].push(Entry(target, codeHash, uint64(block.number)));
        _current[name] = target;
        emit Registered(name, target, codeHash, uint64(block.number));
    }

    /// @inheritdoc IDirectory
    function seal() external onlyInstalling {
        _sealed = true;
        emit Sealed(uint64(block.number));
    }

    /// @inheritdoc IDirectory
    function isSealed() external view returns (bool) {
        return _sealed;
    }

    /// @inheritdoc IDirectory
    function installer() external view returns (address) {
        return _INSTALLER;
    }

    /// @inheritdoc IDirectory
    function current(bytes32 name) external view returns (address) {
        return _current[name];
    }

    /// @inheritdoc IDirectory
    function at(bytes32 name, uint64 blockNumber) external view returns (address) {
        if (blockNumber > block.number) revert FutureBlock(blockNumber, uint64(block.number));
        Entry[] storage list = _entries[name];
        for (uint256 i = list.length; i > 0; --i) {
            if (list[i - 1].fromBlock <= blockNumber) return list[i - 1].target;
        }
        return address(0);
    }

    /// @inheritdoc IDirectory
    function entries(bytes32 name) external view returns (Entry[] memory) {
        return _entries[name];
    }
}
