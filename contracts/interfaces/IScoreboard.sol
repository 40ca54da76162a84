// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBenchmarks} from "./IBenchmarks.sol";
import {ModelId, ShardId} from "./Ids.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {G1Point, Proof} from "./Proof.sol";

/// @title Proved results of registered models on benchmarks
/// @notice A model is scored on one shard at a time (`score`), of which program data was proved, so that classes are
/// one-hot, labels 0 or 1 and padding is zero. `rank` then adds up its results over the shards of a benchmark, each once, and
/// enters the sum in the leaderboard. Anyone may do either, for any model.
///
/// For classes the value is the number of rows proved right, whose class has the strictly largest output; for labels of rows
/// all of whose outputs have the right sign, none of them 0. It is a lower bound, since a prover may leave rows out, and the
/// greatest proved one counts. For regression it is the exact sum of squared errors, in units of 2^-18, and less is better.
///
/// Each proof of a score states more than its result, and every part is kept for itself, the best one proved: the log-loss of
/// models with softmax or sigmoid, at most; the rows whose label is among the k highest outputs, at least; of regression the
/// sum of absolute errors, exact; and counts by label and predicted class, each of them at least. A score is taken if any part
/// of it is better than what was proved before. What is not better is then left aside, so that no part ever becomes worse.
///
/// Nothing here asks whether a model or its ancestors were trained on the rows that it is scored on. The registry's Trained
/// events tell; whoever compares results should look. Results say whether the schemas of model and shard agree.
interface IScoreboard is IBenchmarks {
    /// @notice The statement of a score.
    /// @param model commitment to a registered model
    /// @param shape of the model, canonical
    /// @param shard commitment to a registered shard
    /// @param descriptor of that shard
    /// @param result classes, labels: rows right, strictly; regression: sum of squared errors, in units of 2^-18
    /// @param loss softmax, sigmoid: at least the sum of the rows' log-loss (natural logarithm), in units of 2^-16; of softmax
    /// it may lack half a unit for each row and class. Squared error: 0
    /// @param absolute regression: sum of absolute errors, in units of 2^-9; else 0
    /// @param k how many places count as top, at most as many as there are outputs; 0 where none do
    /// @param top classes: rows with fewer than k classes whose output is not below the label's; labels: rows with fewer than k
    /// labels that are not right; regression: 0
    /// @param counts two bytes each, the first byte highest. Classes: rows of label i whose output of class j is strictly the
    /// largest, row by row of i, of at most 32 classes. Labels: rows with label j right, of at most 1024 labels. Empty where
    /// none are stated, which may always be so
    /// @param point the challenge x of the proof, at which the circuit has the counts as a polynomial
    struct ScoreClaim {
        G1Point[] model;
        uint256 shape;
        G1Point[] shard;
        uint256 descriptor;
        uint256 result;
        uint256 loss;
        uint256 absolute;
        uint256 k;
        uint256 top;
        bytes counts;
        uint256 point;
    }

    /// @notice How the schemas of a model and a shard compare. NotStated: one of them states none, or both.
    enum SchemaComparison {
        NotStated,
        Same,
        Different
    }

    /// @notice The best result of a model on a shard. All fields are zero where none was proved.
    /// @param prover who proved it
    /// @param value as in ScoreClaim
    /// @param modelSchema what the model's inputs and outputs are said to mean (IModelRegistry.schemaOf); zero: not stated
    /// @param shardSchema what the shard's columns are said to mean; zero: not stated
    /// @param schemas how the two compare. Where they are different, the value compares outputs with labels that mean something
    /// else
    struct Result {
        address prover;
        uint256 value;
        bytes32 modelSchema;
        bytes32 shardSchema;
        SchemaComparison schemas;
    }

    /// @notice What was proved of a model on a shard beside the result, each the best; `topOf` has the rest. All fields are zero
    /// where none was proved.
    /// @param hasLoss whether `loss` was proved
    /// @param loss as in ScoreClaim, the least
    /// @param hasAbsolute whether `absolute` was proved
    /// @param absolute as in ScoreClaim
    /// @param counted sum of the counts: rows whose predicted class is shown, or labels that are right in a row; the greatest
    /// @param countsHash keccak256 of these counts, which an event Measured holds; zero: none
    struct Measures {
        bool hasLoss;
        uint256 loss;
        bool hasAbsolute;
        uint256 absolute;
        uint256 counted;
        bytes32 countsHash;
    }

    /// @notice A result was proved that is better than any before.
    /// @param modelSchema and shardSchema as in Result
    event Scored(
        ModelId indexed model,
        ShardId indexed shard,
        address indexed prover,
        uint256 result,
        uint256 rows,
        bytes32 modelSchema,
        bytes32 shardSchema
    );

    /// @notice A score was proved that is better in one part at least: all that its proof states, better or not. Where `result` is
    /// better, Scored stands before it.
    /// @param result and all behind it as in ScoreClaim
    event Measured(
        ModelId indexed model,
        ShardId indexed shard,
        address indexed prover,
        uint256 result,
        uint256 loss,
        uint256 absolute,
        uint256 k,
        uint256 top,
        bytes counts
    );

    /// @notice Thrown when there is no such shard.
    error UnknownShard(ShardId id);
    /// @notice Thrown when a model and a shard have other numbers of inputs.
    error InputsDiffer(uint256 model, uint256 shard);
    /// @notice Thrown when a model and a shard have other numbers of outputs.
    error OutputsDiffer(uint256 model, uint256 shard);
    /// @notice Thrown when a model's head has no use for a shard's outputs, as in training.
    error HeadUnfit(IModelRegistry.Head head, IModelRegistry.ShardKind kind);
    /// @notice Thrown when a result is 2^56 or more, which none can reach.
    error ResultOutOfRange(uint256 result);
    /// @notice Thrown when a log-loss is 2^64 or more, which none can reach.
    error LossOutOfRange(uint256 loss);
    /// @notice Thrown when a sum of absolute errors is 2^64 or more, which none can reach.
    error AbsoluteOutOfRange(uint256 absolute);
    /// @notice Thrown when more places count as top than there are outputs, or more rows than there are are said to be there, or any
    /// on no place.
    error TopOutOfRange(uint256 k, uint256 top);
    /// @notice Thrown when counts are stated that are not as long as they must be. Expected is 0 where none are taken: of
    /// regression, of more than 32 classes, of more than 1024 labels.
    error WrongCountsLength(uint256 length, uint256 expected);
    /// @notice Thrown when counts sum to more than there are rows, or labels in all rows.
    error CountsOutOfRange(uint256 sum, uint256 most);

    /// @notice Registers a score of a model on a shard.
    /// @dev Program *score*; the statement binds this contract, not the registry. Reverts with NotBetter unless something is
    /// better than before: the result is the first, or better than the best; the log-loss is the first of a model with softmax
    /// or sigmoid, or smaller; the absolute error is the first of regression; more rows are on the first k places; the counts
    /// sum to more.
    function score(ScoreClaim calldata claim, Proof calldata proof) external;

    /// @notice The registry whose models and shards these are.
    function registry() external view returns (IModelRegistry);

    /// @notice The best result of a model on a shard; all zero where there is none.
    function resultOf(ModelId model, ShardId shard) external view returns (Result memory);

    /// @notice What was proved of a model on a shard beside the result; all zero where nothing was.
    function measuresOf(ModelId model, ShardId shard) external view returns (Measures memory);

    /// @notice The greatest number of rows whose label was proved to be among the k highest outputs, or with fewer than k labels
    /// wrong; zero where none was.
    function topOf(ModelId model, ShardId shard, uint256 k) external view returns (uint256);
}
