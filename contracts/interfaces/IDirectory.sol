// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The one address a trust root holds: which contract stands behind which name, and since which block.
interface IDirectory {
    /// @notice One contract under a name.
    /// @param target its address
    /// @param codeHash SHA-256 of its run-time code when it was registered
    /// @param fromBlock the number of the block that registered it
    struct Entry {
        address target;
        bytes32 codeHash;
        uint64 fromBlock;
    }

    /// @notice A contract was registered under a name.
    event Registered(bytes32 indexed name, address indexed target, bytes32 codeHash, uint64 fromBlock);
    /// @notice The installation is finished: nothing more can be registered by the installer.
    event Sealed(uint64 fromBlock);

    /// @notice Only the installer given at deployment may do this.
    error NotInstaller(address caller);
    /// @notice The installer's work is over.
    error AlreadySealed();
    /// @notice A name is given once.
    error AlreadyRegistered(bytes32 name, address target);
    /// @notice There is no code at this address.
    error NoCode(address target);
    /// @notice The question asks about a block that does not exist yet.
    error FutureBlock(uint64 blockNumber, uint64 head);

    /// @notice The installer registers a contract under a name that has none.
    /// @param name printable ASCII without spaces, e.g. "RecordLog"
    /// @param target an address with code
    function register(bytes32 name, address target) external;

    /// @notice The installer ends the installation, for good.
    function seal() external;

    /// @notice Whether the installation has ended.
    function isSealed() external view returns (bool);

    /// @notice Who may register until the seal.
    function installer() external view returns (address);

    /// @notice The contract that stands under a name now, 0 if none.
    function current(bytes32 name) external view returns (address);

    /// @notice The contract that stood under a name at the end of a block, 0 if none.
    function at(bytes32 name, uint64 blockNumber) external view returns (address);

    /// @notice All contracts that ever stood under a name, oldest first.
    function entries(bytes32 name) external view returns (Entry[] memory);
}
