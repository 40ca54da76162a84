// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BenchmarkId, DatasetId, ModelId, ShardId} from "./Ids.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {IScores} from "./IScores.sol";
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
    struct ScoreClaim {
        G1Point[] model;
        uint256 shape;
        G1Point[] shard;
        uint256 descriptor;
        uint256 result;
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

    /// @notice A sum was entered that is better than the model's before.
    /// @param place in the leaderboard, 1 is best; zero if it did not get in
    event Ranked(BenchmarkId indexed benchmark, ModelId indexed model, address indexed ranker, uint256 value, uint256 place);

    /// @notice Thrown when there is no such model.
    error UnknownModel(ModelId id);
    /// @notice Thrown when there is no such shard.
    error UnknownShard(ShardId id);
    /// @notice Thrown when there is no such dataset.
    error UnknownDataset(DatasetId id);
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
    /// @notice Thrown when a result or sum is no better than the best one proved.
    error NotBetter(uint256 result, uint256 best);
    /// @notice Thrown when a model has no result on a shard of the benchmark.
    error NotScored(ModelId model, ShardId shard);

    /// @notice Registers a result of a model on a shard.
    /// @dev Program *score*; the statement binds this contract, not the registry. Reverts with NotBetter unless the result
    /// is the first or better than the best.
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

    /// @notice The registry whose models, shards and datasets these are.
    function registry() external view returns (IModelRegistry);

    /// @notice The best result of a model on a shard; all zero where there is none.
    function resultOf(ModelId model, ShardId shard) external view returns (Result memory);

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
