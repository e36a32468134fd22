// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title The two times: what was so (`validAt`), as the chain knew it (`knownAt`).
/// @notice Every history entry has `effectiveFrom` and `recordedAt` (its block's time). An answer uses only the entries
///      with `recordedAt <= knownAt` and `effectiveFrom <= validAt`, so it never changes once both times lie in the
///      past. Times are Unix seconds. Where a function takes the time of a change, 0 means "now".
interface ITimes {
    /// @notice The question asks what will be known at a time the chain has not reached.
    error NotYetKnown(uint64 knownAt, uint64 blockTime);
    /// @notice Nothing takes effect before it was recorded.
    error BackDated(uint64 effectiveFrom, uint64 blockTime);
    /// @notice A change takes effect no earlier than the change before it in the same history.
    error EarlierThanLast(uint64 effectiveFrom, uint64 last);
    /// @notice A period ends after it begins.
    error EmptyPeriod(uint64 from, uint64 until);
    /// @notice Times are stored in 40 bits (they end in the year 36812).
    error TimeTooLarge(uint64 time);
}
