// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The proven results that bounties and other contracts act on
/// @notice The least that a board of scores must answer. A *benchmark* is a registered set of data.
interface IScores {
    /// @notice What a score counts. None: nothing was proved. RowsRight: rows classified or labelled right, more is better.
    /// SquaredError: the sum of squared errors, less is better.
    enum Measure {
        None,
        RowsRight,
        SquaredError
    }

    /// @notice A proven result. All fields are zero where there is none.
    /// @param value rows right, or the sum of squared errors
    /// @param rows of the benchmark
    struct Score {
        Measure measure;
        uint256 value;
        uint256 rows;
    }

    /// @notice What can be won on a benchmark, and when. All fields are zero where there is none.
    /// @param measure None while it is sealed: then its data are not known
    /// @param rows of the benchmark, zero while it is sealed. No more can be right
    /// @param openedAt when scores could first be entered, in seconds; zero while it is sealed
    /// @param openBy until when it must be opened, in seconds, and should have been if it was late; zero if it was never sealed
    /// @param dataset id of its list of shards, known while it is sealed too
    struct Board {
        Measure measure;
        uint256 rows;
        uint256 openedAt;
        uint256 openBy;
        bytes32 dataset;
    }

    /// @notice What can be won on a benchmark, and when.
    function boardOf(bytes32 benchmark) external view returns (Board memory);

    /// @notice The best proven score of a model on a benchmark.
    function scoreOf(bytes32 model, bytes32 benchmark) external view returns (Score memory);

    /// @notice The model with the best proven score on a benchmark, the earlier of equals; zero where there is none.
    function leader(bytes32 benchmark) external view returns (bytes32 model);
}
