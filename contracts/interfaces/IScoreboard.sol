// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BenchmarkId, DatasetId, ModelId, ShardId} from "./Ids.sol";
import {IDatasets} from "./IDatasets.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {IScores} from "./IScores.sol";
import {ITrainers} from "./ITrainers.sol";
import {G1Point, Proof} from "./Proof.sol";

/// @title Proved results of registered models on benchmarks
/// @notice A *benchmark* is a registered dataset: a list of shards of which program data was proved, so that classes are
/// one-hot, labels 0 or 1 and padding is zero. A model is scored shard by shard (`score`); `rank` then adds up its results over the
/// benchmark's shards, each once, and enters the sum in the leaderboard. Anyone may do either, for any model.
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
/// Nothing here asks whether a model or its ancestors were trained on the rows that it is scored on, nor whether the schemas
/// of both agree. The registry's Trained events, and Scored, tell; whoever compares results should look.
///
/// A benchmark can be *sealed*: its dataset's id is committed to before its shards are registered, and only models count
/// that were registered up to a block before that. Then nobody can have trained on the rows, except whoever made them or
/// was given them off chain: nothing can prove that rows were kept secret.
interface IScoreboard is IScores {
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

    /// @notice The best result of a model on a shard. All fields are zero where none was proved.
    /// @param prover who proved it
    /// @param value as in ScoreClaim
    /// @param modelSchema what the model's inputs and outputs are said to mean (IModelRegistry.schemaOf); zero: not stated
    /// @param shardSchema what the shard's columns are said to mean; zero: not stated. Where both are stated and differ, the
    /// value compares outputs with labels that mean something else
    struct Result {
        address prover;
        uint256 value;
        bytes32 modelSchema;
        bytes32 shardSchema;
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

    /// @notice A benchmark. All fields are zero where there is none.
    /// @param dataset the list of shards
    /// @param kind of its rows
    /// @param rows of all shards
    /// @param shards how many
    /// @param closingBlock models registered up to this block count; zero if it was not sealed: all count
    /// @param entries of the leaderboard, at most 32
    struct Benchmark {
        DatasetId dataset;
        IModelRegistry.ShardKind kind;
        uint256 rows;
        uint256 shards;
        uint256 closingBlock;
        uint256 entries;
    }

    /// @notice A model's best sum on a benchmark, with all that it takes to judge it. `ranker` is zero where there is none.
    /// @param model the model
    /// @param value rows right, or the sum of squared errors in units of 2^-18
    /// @param rows of the benchmark
    /// @param kind whether more or less is better
    /// @param dataset the benchmark's list of shards
    /// @param ranker who had it summed
    struct Standing {
        ModelId model;
        uint256 value;
        uint256 rows;
        IModelRegistry.ShardKind kind;
        DatasetId dataset;
        address ranker;
    }

    /// @notice A dataset's id was committed to.
    event BenchmarkSealed(BenchmarkId indexed id, address indexed sealer, DatasetId dataset, uint256 closingBlock);

    /// @notice A benchmark can be ranked on. `closingBlock` is zero unless it was sealed.
    event BenchmarkOpened(BenchmarkId indexed id, DatasetId indexed dataset, ShardId[] shardIds, uint256 closingBlock);

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

    /// @notice A sum was entered that is better than the model's before.
    /// @param place in the leaderboard, 1 is best; zero if it did not get in
    event Ranked(BenchmarkId indexed benchmark, ModelId indexed model, address indexed ranker, uint256 value, uint256 place);

    /// @notice Thrown when there is no such model.
    error UnknownModel(ModelId id);
    /// @notice Thrown when there is no such shard.
    error UnknownShard(ShardId id);
    /// @notice Thrown when there is no such dataset.
    error UnknownDataset(DatasetId id);
    /// @notice Thrown when a benchmark would be opened or sealed on a dataset that its registrar revoked.
    error RevokedDataset(DatasetId id);
    /// @notice Thrown when there is no such benchmark, sealed or open.
    error UnknownBenchmark(BenchmarkId id);
    /// @notice Thrown when a benchmark is opened or sealed a second time.
    error BenchmarkExists(BenchmarkId id);
    /// @notice Thrown when a benchmark would have more than 256 shards.
    error TooManyShards(uint256 shards);
    /// @notice Thrown when a closing block is past.
    error ClosingBlockPassed(uint256 closingBlock);
    /// @notice Thrown when a closing block is 2^64 or more.
    error ClosingBlockTooFar(uint256 closingBlock);
    /// @notice Thrown when a shard of a sealed benchmark was registered by its closing block: it can never be opened.
    error SealBroken(DatasetId dataset, uint256 firstBlock);
    /// @notice Thrown when a sealed benchmark is ranked on before it is open.
    error StillSealed(BenchmarkId id, uint256 closingBlock);
    /// @notice Thrown when a model was registered after a sealed benchmark's closing block.
    error ModelTooLate(ModelId model, uint256 blockNumber, uint256 closingBlock);
    /// @notice Thrown when a model and a shard have other numbers of inputs.
    error InputsDiffer(uint256 model, uint256 shard);
    /// @notice Thrown when a model and a shard have other numbers of outputs.
    error OutputsDiffer(uint256 model, uint256 shard);
    /// @notice Thrown when a model's head has no use for a shard's outputs, as in training.
    error HeadUnfit(IModelRegistry.Head head, IModelRegistry.ShardKind kind);
    /// @notice Thrown when a result is above 2^52, which none can reach.
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
    /// @notice Thrown when a sum is no better than the best one proved, or a score is so in none of its parts; the numbers are
    /// then its result and the best.
    error NotBetter(uint256 result, uint256 best);
    /// @notice Thrown when a model has no result on a shard of the benchmark.
    error NotScored(ModelId model, ShardId shard);

    /// @notice Registers a score of a model on a shard.
    /// @dev Program *score*; the statement binds this contract, not the registry. Reverts with NotBetter unless something is
    /// better than before: the result is the first, or better than the best; the log-loss is the first of a model with softmax
    /// or sigmoid, or smaller; the absolute error is the first of regression; more rows are on the first k places; the counts
    /// sum to more.
    function score(ScoreClaim calldata claim, Proof calldata proof) external;

    /// @notice Makes a registered dataset a benchmark on which all models count. Anyone may do this.
    /// @param registrar of the dataset
    /// @param shardIds and uri as `registerDataset` got them; at most 256 shards
    function openBenchmark(address registrar, ShardId[] calldata shardIds, string calldata uri)
        external
        returns (BenchmarkId id);

    /// @notice Commits to a dataset whose shards are not registered yet. Its id hides them, since commitments are salted.
    /// @param dataset keccak256(abi.encode(registrar, shardIds, uri)), as `registerDataset` will compute it
    /// @param closingBlock the last block whose models count, not before this one, below 2^64
    function sealBenchmark(DatasetId dataset, uint256 closingBlock) external returns (BenchmarkId id);

    /// @notice Opens a sealed benchmark once its shards and its dataset are registered; their rows and salts should be
    /// published, so that anyone can score. Anyone may do this.
    /// @dev Every shard must have been registered after the closing block; SealBroken otherwise.
    function unsealBenchmark(
        address sealer,
        uint256 closingBlock,
        address registrar,
        ShardId[] calldata shardIds,
        string calldata uri
    ) external returns (BenchmarkId id);

    /// @notice Adds up the best results of a model over all shards of a benchmark and enters the sum.
    /// @dev Reverts with NotScored if any shard lacks a result, with NotBetter unless the sum is the model's first or better
    /// than its best. Of equal sums the earlier one is ahead.
    /// @return place in the leaderboard, 1 is best; zero if it did not get in
    function rank(ModelId model, BenchmarkId benchmark) external returns (uint256 place);

    /// @notice The registry whose models and shards these are.
    function registry() external view returns (IModelRegistry);

    /// @notice The datasets of which benchmarks are made.
    function datasets() external view returns (IDatasets);

    /// @notice Who acts for trainers.
    function trainers() external view returns (ITrainers);

    /// @notice The best result of a model on a shard; all zero where there is none.
    function resultOf(ModelId model, ShardId shard) external view returns (Result memory);

    /// @notice What was proved of a model on a shard beside the result; all zero where nothing was.
    function measuresOf(ModelId model, ShardId shard) external view returns (Measures memory);

    /// @notice The greatest number of rows whose label was proved to be among the k highest outputs, or with fewer than k labels
    /// wrong; zero where none was.
    function topOf(ModelId model, ShardId shard, uint256 k) external view returns (uint256);

    /// @notice A benchmark; all zero where there is none, and while it is sealed.
    function benchmark(BenchmarkId id) external view returns (Benchmark memory);

    /// @notice The shards of a benchmark, in ascending order; empty where there is none.
    function shardsOf(BenchmarkId id) external view returns (ShardId[] memory);

    /// @notice A model's best sum on a benchmark; `ranker` is zero where there is none.
    function best(ModelId model, BenchmarkId id) external view returns (Standing memory);

    /// @notice The leaderboard, best first, at most 32 models.
    function leaderboard(BenchmarkId id) external view returns (Standing[] memory);

    /// @notice Id of a benchmark: keccak256(abi.encode(dataset, sealer, closingBlock)); sealer and closingBlock are zero if
    /// it was not sealed.
    function benchmarkId(DatasetId dataset, address sealer, uint256 closingBlock) external pure returns (BenchmarkId);
}
