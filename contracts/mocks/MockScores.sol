// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IScores} from "../interfaces/IScores.sol";

/// @title A board of scores for tests of contracts that read one
/// @notice Anyone may set any score without a proof. Never deploy it where something depends on it.
contract MockScores is IScores {
    mapping(bytes32 model => mapping(bytes32 benchmark => Score)) private _scores;
    mapping(bytes32 benchmark => bytes32) private _leaders;
    mapping(bytes32 benchmark => Board) private _boards;

    /// @notice Says what a benchmark is; until then it is none.
    function setBoard(bytes32 benchmark, Board calldata board) external {
        _boards[benchmark] = board;
    }

    /// @notice Sets a model's score, better or not than the one before.
    function setScore(bytes32 model, bytes32 benchmark, Score calldata score) external {
        _scores[model][benchmark] = score;
        bytes32 leading = _leaders[benchmark];
        if (leading == 0 || _isBetter(score, _scores[leading][benchmark])) _leaders[benchmark] = model;
    }

    /// @inheritdoc IScores
    function scoreOf(bytes32 model, bytes32 benchmark) external view returns (Score memory) {
        return _scores[model][benchmark];
    }

    /// @inheritdoc IScores
    function boardOf(bytes32 benchmark) external view returns (Board memory) {
        return _boards[benchmark];
    }

    /// @inheritdoc IScores
    function leader(bytes32 benchmark) external view returns (bytes32) {
        return _leaders[benchmark];
    }

    function _isBetter(Score calldata a, Score storage b) private view returns (bool) {
        return a.measure == Measure.RowsRight ? a.value > b.value : a.value < b.value;
    }
}
