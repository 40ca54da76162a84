// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {ILineage} from "../interfaces/ILineage.sol";
import {ILineageReader} from "../interfaces/ILineageReader.sol";
import {IScores} from "../interfaces/IScores.sol";

/// @title Example: a model's card, read from proofs
/// @notice Mints nothing and stores nothing: everything a card says is in the registry and on the board of scores. It judges nothing;
/// `declared` and `isForeign` say which part of a descent rests on somebody's word.
contract ModelCard {
    /// @param declared whether an import is among the origins
    /// @param isForeign whether a foreign program made the model or an ancestor
    /// @param stack what its trainer and those of its ancestors take of a payment, in 1/10,000; 10,001: it cannot be paid
    /// @param origins the seeds and declared imports that the model descends from
    /// @param allOrigins whether these are all, or the limit cut the search short
    /// @param score best proven result on the benchmark asked for
    struct Card {
        address trainer;
        ILineage.Kind kind;
        uint256 depth;
        uint256 registeredAt;
        bool declared;
        bool isForeign;
        uint256 stack;
        ILineageReader.WeightedParent[] parents;
        bytes32[] origins;
        bool allOrigins;
        IScores.Score score;
    }

    ILineage private immutable LINEAGE;
    ILineageReader private immutable READER;
    IScores private immutable SCORES;

    error UnknownModel(bytes32 model);

    constructor(ILineageReader reader, IScores scores) {
        READER = reader;
        LINEAGE = reader.lineage();
        SCORES = scores;
    }

    /// @notice The card of a model.
    /// @param limit how many lines may be followed in search of origins
    function card(bytes32 model, bytes32 benchmark, uint256 limit) external view returns (Card memory result) {
        ILineage.Node memory node = LINEAGE.node(model);
        if (node.kind == ILineage.Kind.None) revert UnknownModel(model);
        result.trainer = node.trainer;
        result.kind = node.kind;
        result.depth = node.depth;
        result.registeredAt = node.timestamp;
        result.declared = node.declared;
        result.isForeign = LINEAGE.isForeign(model);
        (,,, result.stack) = LINEAGE.creditOf(model);
        result.parents = READER.weightedParents(model);
        (result.origins, result.allOrigins) = READER.origins(model, limit);
        result.score = SCORES.scoreOf(model, benchmark);
    }
}
