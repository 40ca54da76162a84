// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {ILineage} from "../interfaces/ILineage.sol";
import {IScores} from "../interfaces/IScores.sol";

/// @title Example: use whichever model leads a benchmark
/// @notice A service that switches to the leader when somebody points that out, provided that it is right in enough rows.
/// Its users read `model` and can check off chain that they are served by that model. Where the leader comes from and what it was
/// trained on, this does not ask: the benchmark's rules decide who may lead it, and models trained on its own rows can, unless it
/// was sealed.
contract LeaderInUse {
    ILineage private immutable LINEAGE;
    IScores private immutable SCORES;
    bytes32 public immutable BENCHMARK;
    /// @notice In 1/10,000 of the rows.
    uint256 public immutable LEAST;

    bytes32 public model;

    event Switched(bytes32 indexed from, bytes32 indexed to, address trainer, uint256 rowsRight, uint256 rows);

    error NoLeader();
    error NotRows(bytes32 benchmark);
    error NotGoodEnough(bytes32 model, uint256 rowsRight, uint256 rows);

    constructor(ILineage lineage, IScores scores, bytes32 benchmark, uint256 least) {
        LINEAGE = lineage;
        SCORES = scores;
        BENCHMARK = benchmark;
        LEAST = least;
    }

    /// @notice Switches to the leader. Does nothing where it is in use already.
    function update() external {
        bytes32 best = SCORES.leader(BENCHMARK);
        if (best == 0) revert NoLeader();
        if (best == model) return;
        IScores.Score memory score = SCORES.scoreOf(best, BENCHMARK);
        if (score.measure != IScores.Measure.RowsRight) revert NotRows(BENCHMARK);
        if (score.value * 10_000 < LEAST * score.rows) revert NotGoodEnough(best, score.value, score.rows);
        emit Switched(model, best, LINEAGE.trainerOf(best), score.value, score.rows);
        model = best;
    }
}
