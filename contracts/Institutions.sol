// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IConsortium} from "./interfaces/IConsortium.sol";
import {IInstitutions} from "./interfaces/IInstitutions.sol";
import {Listed} from "./Listed.sol";
import {CompanyCode} from "./libraries/CompanyCode.sol";
import {Jurisdictions} from "./libraries/Jurisdictions.sol";
import {Times} from "./libraries/Times.sol";
import {ContractNames} from "./types/ContractNames.sol";
import {Role} from "./types/InstitutionTypes.sol";

/// @title See IInstitutions. The part of the InstitutionRegistry that knows who an institution is.
abstract contract Institutions is IInstitutions, Listed {
    bytes32 private constant _USCC = sha256("uscc");
    bytes32 private constant _LEI = sha256("lei");

    /// @dev Account, roles and time share a slot.
    struct Stored {
        address account;
        uint32 roles;
        uint64 recordedAt;
        bytes32 jurisdiction;
        bytes32 profileId;
        bytes32 didDigest;
        string endpoint;
    }

    mapping(bytes32 id => Stored) private _institutions;
    mapping(address account => bytes32 id) private _idOfAccount;
    mapping(bytes32 didDigest => DidSpan) private _dids;

    constructor(address directory_) Listed(directory_, ContractNames.INSTITUTION_REGISTRY) {}

    /// @inheritdoc IInstitutions
    function register(Registration calldata registration) external onlyCurrent returns (bytes32 id) {
        if (!_consortium().governs(msg.sender, registration.jurisdiction)) {
            revert NotAuthority(msg.sender, registration.jurisdiction);
        }
        Jurisdictions.requireJurisdiction(registration.jurisdiction);
        _requireCode(registration.scheme, registration.code);
        if (registration.roles == 0 || registration.roles & ~Role.ALL != 0) revert UnknownRoles(registration.roles);
        id = idOf(registration.scheme, registration.code);
        if (_institutions[id].account != address(0)) revert AlreadyInstitution(id);
        _requireAvailable(registration.account);

        _institutions[id] = Stored(
            registration.account,
            registration.roles,
            Times.current(),
            registration.jurisdiction,
            registration.profileId,
            registration.didDigest,
            registration.endpoint
        );
        _idOfAccount[registration.account] = id;
        _openDid(id, registration.didDigest);
        emit InstitutionRegistered(
            id,
            registration.jurisdiction,
            registration.account,
            registration.roles,
            registration.profileId,
            registration.didDigest,
            registration.scheme,
            registration.code,
            registration.endpoint
        );
    }

    /// @inheritdoc IInstitutions
    function changeDid(bytes32 id, bytes32 newDidDigest) external onlyCurrent {
        _requireInstitution(id);
        bytes32 oldDidDigest = _institutions[id].didDigest;
        _dids[oldDidDigest].closedAt = Times.current();
        _institutions[id].didDigest = newDidDigest;
        _openDid(id, newDidDigest);
        emit DidChanged(id, oldDidDigest, newDidDigest);
    }

    /// @inheritdoc IInstitutions
    function idOf(string calldata scheme, string calldata code) public pure returns (bytes32) {
        return sha256(abi.encodePacked("tanju/institution/1", scheme, code));
    }

    /// @inheritdoc IInstitutions
    function institution(bytes32 id) external view returns (Institution memory) {
        Stored storage stored = _institutions[id];
        return Institution(
            stored.jurisdiction, stored.account, stored.roles, stored.profileId, stored.recordedAt, stored.endpoint
        );
    }

    /// @inheritdoc IInstitutions
    function accountOf(bytes32 id) external view returns (address) {
        return _institutions[id].account;
    }

    /// @inheritdoc IInstitutions
    function standing(bytes32 id) public view returns (address account, bytes32 jurisdiction, uint32 roles) {
        Stored storage stored = _institutions[id];
        return (stored.account, stored.jurisdiction, stored.roles);
    }

    /// @inheritdoc IInstitutions
    function institutionOfAccount(address account) external view returns (bytes32) {
        return _idOfAccount[account];
    }

    /// @inheritdoc IInstitutions
    function institutionOfDid(bytes32 didDigest, uint64 validAt, uint64 knownAt) external view returns (bytes32) {
        Times.requireKnown(knownAt);
        DidSpan memory span = _dids[didDigest];
        uint64 seenAt = validAt < knownAt ? validAt : knownAt;
        bool open = span.openedAt <= seenAt && (span.closedAt == 0 || seenAt < span.closedAt);
        return open ? span.institution : bytes32(0);
    }

    /// @inheritdoc IInstitutions
    function didSpan(bytes32 didDigest) external view returns (DidSpan memory) {
        return _dids[didDigest];
    }

    /// @dev Who the authorities are.
    function _consortium() internal view returns (IConsortium) {
        return IConsortium(_need(ContractNames.CONSORTIUM));
    }

    /// @dev Only the institution's own account passes.
    function _requireInstitution(bytes32 id) internal view {
        if (_institutions[id].account == address(0)) revert UnknownInstitution(id);
        if (_institutions[id].account != msg.sender) revert NotInstitution(msg.sender, id);
    }

    /// @dev The jurisdiction of an institution that must exist.
    function _jurisdictionOf(bytes32 id) internal view returns (bytes32 jurisdiction) {
        jurisdiction = _institutions[id].jurisdiction;
        if (jurisdiction == 0) revert UnknownInstitution(id);
    }

    /// @dev Whether an institution had a role, by both times.
    function _hadRole(bytes32 id, uint32 role, uint64 validAt, uint64 knownAt) internal view returns (bool) {
        Stored storage stored = _institutions[id];
        return stored.roles & role != 0 && stored.recordedAt <= validAt && stored.recordedAt <= knownAt;
    }

    /// @dev An account that is no institution's and no authority's.
    function _requireNoInstitution(address account) internal view {
        bool taken = account == address(0) || _idOfAccount[account] != 0;
        if (taken || _consortium().jurisdictionOf(account) != 0) revert AccountUnavailable(account);
    }

    /// @dev Whether an account decides for any institution.
    function _decidesAnywhere(address account) internal view virtual returns (bool);

    function _requireAvailable(address account) private view {
        _requireNoInstitution(account);
        if (_decidesAnywhere(account)) revert AccountUnavailable(account);
    }

    function _requireCode(string calldata scheme, string calldata code) private pure {
        bytes32 schemeDigest = sha256(bytes(scheme));
        bool known;
        if (schemeDigest == _USCC) known = CompanyCode.isUscc(bytes(code));
        else if (schemeDigest == _LEI) known = CompanyCode.isLei(bytes(code));
        else revert UnknownScheme(scheme);
        if (!known) revert MalformedCode(scheme, code);
    }

    function _openDid(bytes32 id, bytes32 didDigest) private {
        if (didDigest == 0 || _dids[didDigest].openedAt != 0) revert DidUnavailable(didDigest);
        _dids[didDigest] = DidSpan(id, Times.current(), 0);
    }
}
