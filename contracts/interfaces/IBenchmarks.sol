// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {BenchmarkId, DatasetId, ModelId, ShardId} from "./Ids.sol";
import {IDatasets} from "./IDatasets.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {IPayments} from "./IPayments.sol";
import {IScores} from "./IScores.sol";
import {ITrainers} from "./ITrainers.sol";

/// @title Benchmarks, their rules and their leaderboards
/// @notice A *benchmark* is a registered dataset and the rules of whoever opened it. Dataset, *opener*, closing block and rules
/// make its id, so that nobody can take the id of another's benchmark, and no rule ever changes. Anyone may open one on
/// any dataset whose owner did not revoke it.
///
/// A model enters with `rank`, which checks the rules and adds up the model's results. A leaderboard has one place for each
/// trainer, that of its best model. This keeps one trainer's copies from filling a board, not a trainer with many
/// addresses: against those a benchmark can ask an entry fee.
///
/// A benchmark can be *sealed*: its dataset's id is committed to before its shards are registered, and only models count
/// that were registered up to a block before that. Then nobody can have trained on the rows, except whoever made them or
/// was given them off chain: nothing can prove that rows were kept secret. The sealer is the opener.
///
/// A sealer says by when it will open, and can leave a bond. The bond is its own again if the benchmark is opened by then, and
/// burned if not. It is paid to nobody, since whoever were paid could be the sealer's friend. A benchmark can still be opened late.
interface IBenchmarks is IScores, IPayments {
    /// @notice Who may enter. All zero: any model whose network fits.
    /// @param undeclared only models that neither are declared imports nor descend from one (ILineage.isDeclared)
    /// @param noForeign only models in whose descent no foreign program has a part (ILineage.isForeign)
    /// @param sameSchema only models whose schema is stated and is that of the shards, which must be stated too
    /// @param ancestor only this model and its descendants; zero: any
    /// @param fee what entering a model costs, in wei, below 2^96; the opener is owed it. It is due once for each model
    struct Rules {
        bool undeclared;
        bool noForeign;
        bool sameSchema;
        bytes32 ancestor;
        uint256 fee;
    }

    /// @notice A benchmark. All fields are zero where there is none, and while it is sealed.
    /// @param dataset the list of shards
    /// @param opener who opened it, or sealed it
    /// @param kind of its rows
    /// @param rows of all shards
    /// @param shards how many
    /// @param closingBlock models registered up to this block count; zero if it was not sealed: all count
    /// @param entries of the leaderboard, at most 32
    /// @param openedAt when it was opened, in seconds
    struct Benchmark {
        DatasetId dataset;
        address opener;
        IModelRegistry.ShardKind kind;
        uint256 rows;
        uint256 shards;
        uint256 closingBlock;
        uint256 entries;
        uint256 openedAt;
    }

    /// @notice What has become of a seal.
    /// None: there is no such seal.
    /// Sealed: it need not be open yet.
    /// Overdue: it is not open, though it should be; its bond, if there is one, can be burned.
    /// Forfeited: it is not open, though it should be, and its bond was burned.
    /// Open: it was opened; late if `openedAt` is above `openBy`, and then its bond was burned.
    enum SealState {
        None,
        Sealed,
        Overdue,
        Forfeited,
        Open
    }

    /// @notice A seal. All fields are zero where there is none.
    /// @param state what has become of it
    /// @param sealer who sealed it
    /// @param dataset what it commits to
    /// @param closingBlock the last block whose models count
    /// @param openBy until when it must be opened, in seconds
    /// @param openedAt when it was opened, in seconds; zero while it is not
    /// @param bond what the sealer left, in wei, whatever has become of it
    struct Seal {
        SealState state;
        address sealer;
        DatasetId dataset;
        uint256 closingBlock;
        uint256 openBy;
        uint256 openedAt;
        uint256 bond;
    }

    /// @notice A model's best sum on a benchmark, with all that it takes to judge it. `ranker` is zero where there is none.
    /// @param model the model
    /// @param trainer of the model
    /// @param value rows right, or the sum of squared errors in units of 2^-18
    /// @param rows of the benchmark
    /// @param kind whether more or less is better
    /// @param dataset the benchmark's list of shards
    /// @param ranker who had it summed
    struct Standing {
        ModelId model;
        address trainer;
        uint256 value;
        uint256 rows;
        IModelRegistry.ShardKind kind;
        DatasetId dataset;
        address ranker;
    }

    /// @notice A dataset's id was committed to.
    event BenchmarkSealed(
        BenchmarkId indexed id,
        address indexed sealer,
        DatasetId indexed dataset,
        uint256 closingBlock,
        uint256 openBy,
        uint256 bond,
        Rules rules
    );
    /// @notice A benchmark can be ranked on. `closingBlock` is zero unless it was sealed; then the opener is its sealer.
    event BenchmarkOpened(
        BenchmarkId indexed id,
        address indexed opener,
        DatasetId indexed dataset,
        ShardId[] shardIds,
        uint256 closingBlock,
        Rules rules
    );
    /// @notice A sealed benchmark was opened in time: its sealer is owed the bond.
    event BondReturned(BenchmarkId indexed id, address indexed sealer, uint256 bond);
    /// @notice A sealed benchmark was not opened in time: its bond is nobody's any more.
    event BondBurned(BenchmarkId indexed id, address indexed sealer, uint256 bond);
    /// @notice A sum was entered that is better than the model's before.
    /// @param ranker who entered it, and paid the fee
    /// @param place in the leaderboard, 1 is best; zero if it did not get in, as where the trainer has a model there that is as good
    /// @param fee what the benchmark's opener is owed for it, in wei; zero but for a model's first entry
    event Ranked(
        BenchmarkId indexed benchmark,
        ModelId indexed model,
        address indexed trainer,
        address ranker,
        uint256 value,
        uint256 place,
        uint256 fee
    );
    /// @notice Fees and bonds that an account was owed were paid out.
    event Withdrawn(address indexed account, address indexed to, uint256 amount);

    /// @notice Thrown when somebody else than the key of an account withdraws what the account is owed.
    error NotTheKey(address trainer, address account);
    /// @notice Thrown when there is no such model.
    error UnknownModel(ModelId id);
    /// @notice Thrown when there is no such dataset.
    error UnknownDataset(DatasetId id);
    /// @notice Thrown when a benchmark is opened or sealed on a dataset that its owner revoked.
    error RevokedDataset(DatasetId id);
    /// @notice Thrown when there is no such benchmark, sealed or open.
    error UnknownBenchmark(BenchmarkId id);
    /// @notice Thrown when a benchmark is opened a second time.
    error BenchmarkExists(BenchmarkId id);
    /// @notice Thrown when an account seals a dataset a second time.
    error SealExists(BenchmarkId id);
    /// @notice Thrown when an account did not seal a dataset.
    error NotSealed(DatasetId dataset, address sealer);
    /// @notice Thrown when a benchmark would have more than 256 shards.
    error TooManyShards(uint256 shards);
    /// @notice Thrown when a fee is 2^96 wei or more.
    error FeeTooHigh(uint256 fee);
    /// @notice Thrown when a closing block is past.
    error ClosingBlockPassed(uint256 closingBlock);
    /// @notice Thrown when a closing block is 2^64 or more.
    error ClosingBlockTooFar(uint256 closingBlock);
    /// @notice Thrown when the time by which a sealed benchmark must be open is not ahead, or more than 5 years ahead.
    error OpenByOutOfRange(uint256 openBy);
    /// @notice Thrown when a shard of a sealed benchmark was registered by its closing block: it can never be opened.
    error SealBroken(DatasetId dataset, uint256 firstBlock);
    /// @notice Thrown when a bond would be burned that cannot be: there is none, or it is settled, or the time to open is not over.
    error NothingForfeited(BenchmarkId id);
    /// @notice Thrown when a sealed benchmark is ranked on before it is open.
    error StillSealed(BenchmarkId id, uint256 closingBlock);
    /// @notice Thrown when a model was registered after a sealed benchmark's closing block.
    error ModelTooLate(ModelId model, uint256 blockNumber, uint256 closingBlock);
    /// @notice Thrown when a model is declared or descends from a declared one, and the rules admit none.
    error DeclaredModel(ModelId model);
    /// @notice Thrown when a foreign program has a part in a model's descent, and the rules admit none.
    error ForeignModel(ModelId model);
    /// @notice Thrown when the steps do not lead from a model up to the ancestor that the rules name.
    error NotADescendant(ModelId model, bytes32 ancestor);
    /// @notice Thrown when the schemas of a model and of a benchmark's shards are not both stated and equal, and the rules ask it.
    error SchemasDiffer(bytes32 modelSchema, bytes32 shardSchema);
    /// @notice Thrown when another amount is sent than is due.
    error WrongFee(uint256 sent, uint256 due);
    /// @notice Thrown when a sum is no better than the best one proved, or a score is so in none of its parts; the numbers are
    /// then its result and the best.
    error NotBetter(uint256 result, uint256 best);
    /// @notice Thrown when a model has no result on a shard of the benchmark.
    error NotScored(ModelId model, ShardId shard);

    /// @notice Makes a registered dataset a benchmark on which models of any time count. Anyone may do this; the caller is its opener.
    /// @param registrar of the dataset
    /// @param shardIds and uri as `registerDataset` got them; at most 256 shards
    /// @param rules the ancestor must be registered
    function openBenchmark(address registrar, ShardId[] calldata shardIds, string calldata uri, Rules calldata rules)
        external
        returns (BenchmarkId id);

    /// @notice Commits to a dataset whose shards are not registered yet. Its id hides them, since commitments are salted. What is
    /// sent along is the bond. An account can seal a dataset once.
    /// @param dataset keccak256(abi.encode(registrar, shardIds, uri)), as `registerDataset` will compute it. Where the registrar is another
    /// than the sealer, the bond is in its hands: a list that it does not register, or revokes, is never opened
    /// @param closingBlock the last block whose models count, not before this one, below 2^64
    /// @param openBy until when it must be opened, in seconds, at most 5 years ahead. The time must suffice for what is left after the
    /// closing block: the bond is burned whatever the reason was
    /// @param rules the ancestor must be registered
    function sealBenchmark(DatasetId dataset, uint256 closingBlock, uint256 openBy, Rules calldata rules)
        external
        payable
        returns (BenchmarkId id);

    /// @notice Opens a sealed benchmark once its shards and its dataset are registered; their rows and salts should be
    /// published, so that anyone can score. That they are is not checked. Anyone may do this. The sealer is owed the bond, unless it is late: then the bond is burned.
    /// @dev Every shard must have been registered after the closing block; SealBroken otherwise.
    function unsealBenchmark(address sealer, address registrar, ShardId[] calldata shardIds, string calldata uri)
        external
        returns (BenchmarkId id);

    /// @notice Burns the bond of a sealed benchmark that was not opened in time. Anyone may do this.
    function burnBond(BenchmarkId id) external;

    /// @notice Adds up the best results of a model over all shards of a benchmark and enters the sum. Anyone may do this. The fee must
    /// be sent along where the model is entered for the first time (`feeOf`).
    /// @dev Reverts with NotScored if any shard lacks a result, with NotBetter unless the sum is the model's first or better
    /// than its best. Of equal sums the earlier one is ahead, and of one trainer's it keeps the trainer's place.
    /// @param steps a way from the model up to the ancestor of the rules: two ids for each merge or foreign child that is not left by its
    /// first parent, that child and the parent; empty along a first line. It is not read where the rules name no ancestor
    /// @return place in the leaderboard, 1 is best; zero if it did not get in
    function rank(ModelId model, BenchmarkId benchmark, bytes32[] calldata steps)
        external
        payable
        returns (uint256 place);

    /// @notice Pays out what an account is owed in fees and bonds. Only the account's key (ITrainers.keyOf).
    function withdraw(address account, address to) external returns (uint256 amount);

    /// @notice Pays out what an account is owed to its payout address (ITrainers.payoutOf). Anyone may do this.
    function withdrawFor(address account) external returns (uint256 amount);

    /// @notice What an account is owed in fees and bonds, in wei.
    function owed(address account) external view returns (uint256);

    /// @notice A benchmark; all zero where there is none, and while it is sealed.
    function benchmark(BenchmarkId id) external view returns (Benchmark memory);

    /// @notice The rules of a benchmark, sealed or open; all zero where there is none.
    function rulesOf(BenchmarkId id) external view returns (Rules memory);

    /// @notice What is due to enter a model now, in wei; zero where it was entered before.
    function feeOf(ModelId model, BenchmarkId benchmark) external view returns (uint256);

    /// @notice The seal of a benchmark; all zero where it was not sealed.
    function sealOf(BenchmarkId id) external view returns (Seal memory);

    /// @notice The benchmark that an account sealed on a dataset, sealed or open; zero where it did not.
    function sealedBy(DatasetId dataset, address sealer) external view returns (BenchmarkId);

    /// @notice The shards of a benchmark, in ascending order; empty where there is none, and while it is sealed.
    function shardsOf(BenchmarkId id) external view returns (ShardId[] memory);

    /// @notice A model's best sum on a benchmark; `ranker` is zero where there is none.
    function best(ModelId model, BenchmarkId id) external view returns (Standing memory);

    /// @notice The leaderboard, best first: at most 32 models, one of each trainer.
    function leaderboard(BenchmarkId id) external view returns (Standing[] memory);

    /// @notice Id of a benchmark: keccak256(abi.encode(dataset, opener, closingBlock, keccak256(abi.encode(rules)))); closingBlock is
    /// zero if it is not sealed.
    function benchmarkId(DatasetId dataset, address opener, uint256 closingBlock, Rules calldata rules)
        external
        pure
        returns (BenchmarkId);

    /// @notice Where the datasets are registered.
    function datasets() external view returns (IDatasets);

    /// @notice Who acts for openers and sealers, and where their money goes.
    function trainers() external view returns (ITrainers);
}
