// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ITimes} from "../interfaces/ITimes.sol";

/// @title The rules of the two times, in one place.
library Times {
    /// @dev The block's time.
    function current() internal view returns (uint64) {
        return uint64(block.timestamp);
    }

    /// @dev A question may not ask what will be known: that answer could still change.
    function requireKnown(uint64 knownAt) internal view {
        if (knownAt > current()) revert ITimes.NotYetKnown(knownAt, current());
    }

    /// @dev The time a change takes effect: now if none is given, never earlier.
    function forward(uint64 effectiveFrom) internal view returns (uint64) {
        if (effectiveFrom == 0) return current();
        if (effectiveFrom < current()) revert ITimes.BackDated(effectiveFrom, current());
        return effectiveFrom;
    }

    /// @dev A history's effects come in the order of its entries.
    function requireOrder(uint64 effectiveFrom, uint64 last) internal pure {
        if (effectiveFrom < last) revert ITimes.EarlierThanLast(effectiveFrom, last);
    }

    /// @dev A period [from, until) is not empty; `until` 0 means that it has no end.
    function requireOpenPeriod(uint64 from, uint64 until) internal pure {
        if (until != 0 && until <= from) revert ITimes.EmptyPeriod(from, until);
    }

    /// @dev A period [from, until) is not empty.
    function requirePeriod(uint64 from, uint64 until) internal pure {
        if (until <= from) revert ITimes.EmptyPeriod(from, until);
    }

    /// @dev A time as it is stored where several share a slot.
    function pack(uint64 time) internal pure returns (uint40) {
        if (time > type(uint40).max) revert ITimes.TimeTooLarge(time);
        return uint40(time);
    }
}
