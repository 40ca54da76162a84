// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Blocks} from "./Blocks.sol";
import {Relayed} from "./Relayed.sol";
import {IDatasets} from "./interfaces/IDatasets.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {INetworks} from "./interfaces/INetworks.sol";
import {IScoreboard} from "./interfaces/IScoreboard.sol";
import {IScores} from "./interfaces/IScores.sol";
import {ITrainers} from "./interfaces/ITrainers.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {BenchmarkId, DatasetId, ModelId, ShardId} from "./interfaces/Ids.sol";
import {Proof} from "./interfaces/Proof.sol";
import {Claims} from "./libraries/Claims.sol";
import {Counts} from "./libraries/Counts.sol";
import {Identity} from "./libraries/Identity.sol";
import {ModelParameters} from "./libraries/ModelParameters.sol";
import {Ranking} from "./libraries/Ranking.sol";
import {Shape} from "./libraries/Shape.sol";
import {Statement} from "./libraries/Statement.sol";
import {VerifierCall} from "./libraries/VerifierCall.sol";

/// @title Scoreboard
/// @notice Results, benchmarks and leaderboards over one registry. It has no owner.
contract Scoreboard is IScoreboard, Relayed, Blocks {
    /// @dev One word: | slot 8 | value 64 | prover 160 |. Zero: none. The slot is where a sum stands, or stood, on the board.
    struct PackedResult {
        address prover;
        uint64 value;
        uint8 slot;
    }

    /// @dev What is proved beside the result, in one word: | has absolute 8 | has loss 8 | top 16 | k 16 | counted 32 | absolute 64 |
    /// loss 64 |. Here k is the first number of places for which rows were proved to be on top, 0: none yet; of others the
    /// rows stand in `_tops`.
    struct PackedMeasures {
        uint64 loss;
        uint64 absolute;
        uint32 counted;
        uint16 k;
        uint16 top;
        bool hasLoss;
        bool hasAbsolute;
    }

    /// @dev Which parts of a score are better than what was proved before.
    struct Improvement {
        bool result;
        bool loss;
        bool absolute;
        bool top;
        bool counts;
        /// any of the four behind the result
        bool measures;
    }

    /// @dev The dataset is zero while the benchmark is not open.
    struct PackedBenchmark {
        DatasetId dataset;
        uint64 rows;
        uint64 closingBlock;
        IModelRegistry.ShardKind kind;
        bool isSealed;
        uint40 openedAt;
        uint40 openBy;
    }

    uint256 private constant MAX_SHARDS = 256;
    /// @dev 2^12 rows of 2^12 outputs, each less than 2^14 off. 256 such results fit 64 bits.
    uint256 private constant MAX_RESULT = 1 << 52;

    IModelRegistry private immutable REGISTRY;
    IDatasets private immutable DATASETS;
    ITrainers private immutable TRAINERS;
    IVerifiers private immutable VERIFIERS;
    INetworks private immutable NETWORKS;

    mapping(ModelId model => mapping(ShardId shard => PackedResult)) private _results;
    mapping(ModelId model => mapping(ShardId shard => PackedMeasures)) private _measures;
    mapping(ModelId model => mapping(ShardId shard => mapping(uint256 k => uint256 rows))) private _tops;
    mapping(ModelId model => mapping(ShardId shard => bytes32)) private _countsHashes;
    mapping(BenchmarkId id => PackedBenchmark) private _benchmarks;
    mapping(BenchmarkId id => ShardId[]) private _shardIds;
    mapping(BenchmarkId id => mapping(ModelId model => PackedResult)) private _best;
    mapping(BenchmarkId id => Ranking.Board) private _boards;

    /// @param registry_ whose models, shards, verifiers and judge of shapes these are
    /// @param datasets_ of that registry's shards
    /// @param trainers_ says who acts for a trainer
    /// @param relay_ which carries what trainers signed
    constructor(IModelRegistry registry_, IDatasets datasets_, ITrainers trainers_, address relay_) Relayed(relay_) {
        REGISTRY = registry_;
        DATASETS = datasets_;
        TRAINERS = trainers_;
        VERIFIERS = registry_.verifiers();
        NETWORKS = registry_.networks();
    }

    /// @inheritdoc IScoreboard
    function score(ScoreClaim calldata claim, Proof calldata proof) external {
        ModelId model = Identity.ofModel(claim.model, claim.shape);
        if (_kindOf(model) == ILineage.Kind.None) revert UnknownModel(model);
        // That program data has proved the shard is what makes a result mean something.
        ShardId shard = Identity.ofShard(claim.shard, claim.descriptor);
        IModelRegistry.ShardRecord memory record = REGISTRY.shard(shard);
        if (record.owner == address(0)) revert UnknownShard(shard);
        Shape.requireFit(claim.shape, claim.descriptor);
        _requireRange(claim, record);
        (uint256 countsAt, uint256 counted) =
            Counts.evaluate(claim.counts, record.kind, record.outputs, record.rows, claim.point);
        PackedMeasures memory measures = _measures[model][shard];
        Improvement memory better = _improvement(model, shard, claim, counted, measures);

        uint256 program = Statement.ofShape(Statement.SCORE, claim.shape);
        VerifierCall.verify(VERIFIERS, _sender(), program, _statementOf(claim, countsAt), proof);

        if (better.result) {
            _results[model][shard] = PackedResult(_sender(), uint64(claim.result), 0);
            emit Scored(
                model, shard, _sender(), claim.result, record.rows, REGISTRY.schemaOf(model), record.schema
            );
        }
        _keep(measures, model, shard, claim, better);
        if (better.counts) {
            measures.counted = uint32(counted);
            _countsHashes[model][shard] = Counts.hash(claim.counts);
        }
        if (better.measures) _measures[model][shard] = measures;
        _emitMeasured(model, shard, claim);
    }

    /// @inheritdoc IScoreboard
    function openBenchmark(address registrar, ShardId[] calldata shardIds, string calldata uri)
        external
        returns (BenchmarkId id)
    {
        DatasetId dataset = Identity.ofDataset(registrar, shardIds, uri);
        id = Identity.ofBenchmark(dataset, address(0), 0);
        _open(id, dataset, shardIds);
    }

    /// @inheritdoc IScoreboard
    function sealBenchmark(DatasetId dataset, uint256 closingBlock) external returns (BenchmarkId id) {
        if (closingBlock < _blockNumber()) revert ClosingBlockPassed(closingBlock);
        if (closingBlock > type(uint64).max) revert ClosingBlockTooFar(closingBlock);
        if (DATASETS.isRevoked(dataset)) revert RevokedDataset(dataset);
        id = Identity.ofBenchmark(dataset, _sender(), closingBlock);
        PackedBenchmark storage record = _benchmarks[id];
        if (record.isSealed) revert BenchmarkExists(id);
        record.isSealed = true;
        record.closingBlock = uint64(closingBlock);
        emit BenchmarkSealed(id, _sender(), dataset, closingBlock);
    }

    /// @inheritdoc IScoreboard
    function unsealBenchmark(
        address sealer,
        uint256 closingBlock,
        address registrar,
        ShardId[] calldata shardIds,
        string calldata uri
    ) external returns (BenchmarkId id) {
        DatasetId dataset = Identity.ofDataset(registrar, shardIds, uri);
        id = Identity.ofBenchmark(dataset, sealer, closingBlock);
        if (!_benchmarks[id].isSealed) revert UnknownBenchmark(id);
        uint256 firstBlock = _open(id, dataset, shardIds);
        if (firstBlock <= closingBlock) revert SealBroken(dataset, firstBlock);
    }

    /// @inheritdoc IScoreboard
    function rank(ModelId model, BenchmarkId id) external returns (uint256 place) {
        PackedBenchmark memory record = _knownBenchmark(id);
        ILineage.Node memory node = REGISTRY.node(ModelId.unwrap(model));
        if (node.kind == ILineage.Kind.None) revert UnknownModel(model);
        if (record.isSealed && node.blockNumber > record.closingBlock) {
            revert ModelTooLate(model, node.blockNumber, record.closingBlock);
        }
        uint256 value = 0;
        ShardId[] storage shardIds = _shardIds[id];
        uint256 count = shardIds.length;
        for (uint256 i = 0; i < count; ++i) {
            PackedResult memory result = _results[model][shardIds[i]];
            if (result.prover == address(0)) revert NotScored(model, shardIds[i]);
            value += result.value;
        }
        PackedResult memory known = _best[id][model];
        if (!_isBetter(value, known, record.kind)) revert NotBetter(value, known.value);
        bool ascending = record.kind == IModelRegistry.ShardKind.Regression;
        uint256 slot;
        (place, slot) = Ranking.enter(_boards[id], node.number, value, ascending, known.slot);
        _best[id][model] = PackedResult(_sender(), uint64(value), uint8(slot));
        emit Ranked(id, model, _sender(), value, place);
    }

    /// @inheritdoc IScoreboard
    function registry() external view returns (IModelRegistry) {
        return REGISTRY;
    }

    /// @inheritdoc IScoreboard
    function datasets() external view returns (IDatasets) {
        return DATASETS;
    }

    /// @inheritdoc IScoreboard
    function trainers() external view returns (ITrainers) {
        return TRAINERS;
    }

    /// @inheritdoc IScoreboard
    function resultOf(ModelId model, ShardId shard) external view returns (Result memory result) {
        PackedResult memory packed = _results[model][shard];
        if (packed.prover == address(0)) return result;
        // Neither schema ever changes.
        return Result(packed.prover, packed.value, REGISTRY.schemaOf(model), REGISTRY.shard(shard).schema);
    }

    /// @inheritdoc IScoreboard
    function measuresOf(ModelId model, ShardId shard) external view returns (Measures memory) {
        PackedMeasures memory packed = _measures[model][shard];
        bytes32 countsHash = _countsHashes[model][shard];
        return Measures(packed.hasLoss, packed.loss, packed.hasAbsolute, packed.absolute, packed.counted, countsHash);
    }

    /// @inheritdoc IScoreboard
    function topOf(ModelId model, ShardId shard, uint256 k) external view returns (uint256) {
        return _knownTop(_measures[model][shard], model, shard, k);
    }

    /// @inheritdoc IScoreboard
    function benchmark(BenchmarkId id) external view returns (Benchmark memory result) {
        PackedBenchmark memory record = _benchmarks[id];
        if (!_isOpen(record)) return result;
        uint256 shards = _shardIds[id].length;
        uint256 entries = Ranking.count(_boards[id]);
        return Benchmark(record.dataset, record.kind, record.rows, shards, record.closingBlock, entries);
    }

    /// @inheritdoc IScoreboard
    function shardsOf(BenchmarkId id) external view returns (ShardId[] memory) {
        return _shardIds[id];
    }

    /// @inheritdoc IScoreboard
    function best(ModelId model, BenchmarkId id) external view returns (Standing memory result) {
        if (_best[id][model].prover == address(0)) return result;
        return _standingOf(id, model);
    }

    /// @inheritdoc IScores
    function scoreOf(bytes32 model, bytes32 id) external view returns (Score memory result) {
        PackedResult memory sum = _best[BenchmarkId.wrap(id)][ModelId.wrap(model)];
        if (sum.prover == address(0)) return result;
        PackedBenchmark memory record = _benchmarks[BenchmarkId.wrap(id)];
        Measure measure =
            record.kind == IModelRegistry.ShardKind.Regression ? Measure.SquaredError : Measure.RowsRight;
        return Score(measure, sum.value, record.rows);
    }

    /// @inheritdoc IScores
    function boardOf(bytes32 id) external view returns (Board memory result) {
        PackedBenchmark memory record = _benchmarks[BenchmarkId.wrap(id)];
        result.openBy = record.openBy;
        if (!_isOpen(record)) return result;
        result.measure =
            record.kind == IModelRegistry.ShardKind.Regression ? Measure.SquaredError : Measure.RowsRight;
        (result.rows, result.openedAt) = (record.rows, record.openedAt);
        result.dataset = DatasetId.unwrap(record.dataset);
    }

    /// @inheritdoc IScores
    function leader(bytes32 id) external view returns (bytes32) {
        BenchmarkId benchmark_ = BenchmarkId.wrap(id);
        if (Ranking.count(_boards[benchmark_]) == 0) return 0;
        return ModelId.unwrap(_modelAt(benchmark_, 0));
    }

    /// @inheritdoc IScoreboard
    function leaderboard(BenchmarkId id) external view returns (Standing[] memory list) {
        list = new Standing[](Ranking.count(_boards[id]));
        for (uint256 place = 0; place < list.length; ++place) {
            list[place] = _standingOf(id, _modelAt(id, place));
        }
    }

    /// @inheritdoc IScoreboard
    function benchmarkId(DatasetId dataset, address sealer, uint256 closingBlock) external pure returns (BenchmarkId) {
        return Identity.ofBenchmark(dataset, sealer, closingBlock);
    }

    /// @dev Refuses numbers that no model can have on these rows.
    function _requireRange(ScoreClaim calldata claim, IModelRegistry.ShardRecord memory record) private pure {
        if (claim.result > MAX_RESULT) revert ResultOutOfRange(claim.result);
        if (claim.loss > type(uint64).max) revert LossOutOfRange(claim.loss);
        if (claim.absolute > type(uint64).max) revert AbsoluteOutOfRange(claim.absolute);
        (uint256 k, uint256 top) = (claim.k, claim.top);
        if (k > record.outputs || top > record.rows || (k == 0 && top != 0)) revert TopOutOfRange(k, top);
    }

    /// @dev What of a score is better than what was proved before; reverts with NotBetter where nothing is. With squared error
    /// the loss, and of classes and labels the absolute error, is 0 and says nothing.
    function _improvement(
        ModelId model,
        ShardId shard,
        ScoreClaim calldata claim,
        uint256 counted,
        PackedMeasures memory known
    ) private view returns (Improvement memory better) {
        IModelRegistry.ShardKind kind = Shape.shardKind(claim.descriptor);
        PackedResult memory best_ = _results[model][shard];
        better.result = _isBetter(claim.result, best_, kind);
        if (Shape.modelHead(claim.shape) != IModelRegistry.Head.SquaredError) {
            better.loss = !known.hasLoss || claim.loss < known.loss;
        }
        better.absolute = kind == IModelRegistry.ShardKind.Regression && !known.hasAbsolute;
        better.top = claim.top > _knownTop(known, model, shard, claim.k);
        better.counts = counted > known.counted;
        better.measures = better.loss || better.absolute || better.top || better.counts;
        if (!better.result && !better.measures) revert NotBetter(claim.result, best_.value);
    }

    /// @dev Puts what is better into the word of measures, rows on top of further places elsewhere. The counts are the caller's
    /// matter, and so is that the word is stored.
    function _keep(
        PackedMeasures memory measures,
        ModelId model,
        ShardId shard,
        ScoreClaim calldata claim,
        Improvement memory better
    ) private {
        if (better.loss) (measures.hasLoss, measures.loss) = (true, uint64(claim.loss));
        if (better.absolute) (measures.hasAbsolute, measures.absolute) = (true, uint64(claim.absolute));
        if (!better.top) return;
        if (measures.k == 0) measures.k = uint16(claim.k);
        if (measures.k == claim.k) measures.top = uint16(claim.top);
        else _tops[model][shard][claim.k] = claim.top;
    }

    function _emitMeasured(ModelId model, ShardId shard, ScoreClaim calldata claim) private {
        emit Measured(
            model,
            shard,
            _sender(),
            claim.result,
            claim.loss,
            claim.absolute,
            claim.k,
            claim.top,
            claim.counts
        );
    }

    /// @dev Where k is 0, no row is on top.
    function _knownTop(PackedMeasures memory measures, ModelId model, ShardId shard, uint256 k)
        private
        view
        returns (uint256)
    {
        return measures.k == k ? measures.top : _tops[model][shard][k];
    }

    /// @dev What a score proves. Model and shard are registered, so that each has as many points as it should.
    /// @param countsAt the counts at the claim's point
    function _statementOf(ScoreClaim calldata claim, uint256 countsAt) private view returns (bytes memory statement) {
        (uint256[] memory parameters, uint256 next,) = ModelParameters.list(NETWORKS, claim.shape, 8);
        (parameters[next], parameters[next + 1], parameters[next + 2]) = (claim.descriptor, claim.result, claim.loss);
        (parameters[next + 3], parameters[next + 4], parameters[next + 5]) = (claim.absolute, claim.k, claim.top);
        (parameters[next + 6], parameters[next + 7]) = (claim.point, countsAt);
        uint256[] memory extra = new uint256[](1);
        extra[0] = uint256(Counts.hash(claim.counts));
        (uint256 ofModel, uint256 ofShard) = (claim.model.length, claim.shard.length);
        statement = Claims.begin();
        Claims.open(statement, parameters, extra, ofModel | Claims.countAt(1, ofShard), ofModel + ofShard);
        Claims.add(statement, claim.model);
        Claims.add(statement, claim.shard);
    }

    /// @return firstBlock in which one of the shards was registered
    function _open(BenchmarkId id, DatasetId dataset, ShardId[] calldata shardIds)
        private
        returns (uint256 firstBlock)
    {
        if (shardIds.length > MAX_SHARDS) revert TooManyShards(shardIds.length);
        PackedBenchmark storage record = _benchmarks[id];
        if (_isOpen(record)) revert BenchmarkExists(id);
        IDatasets.Dataset memory registered = DATASETS.dataset(dataset);
        if (registered.registrar == address(0)) revert UnknownDataset(dataset);
        if (registered.isRevoked) revert RevokedDataset(dataset);
        record.dataset = dataset;
        record.rows = uint64(registered.rows);
        record.kind = REGISTRY.shard(shardIds[0]).kind;
        record.openedAt = uint40(block.timestamp);
        _shardIds[id] = shardIds;
        emit BenchmarkOpened(id, dataset, shardIds, record.closingBlock);
        return registered.firstBlock;
    }

    function _knownBenchmark(BenchmarkId id) private view returns (PackedBenchmark memory record) {
        record = _benchmarks[id];
        if (_isOpen(record)) return record;
        if (record.isSealed) revert StillSealed(id, record.closingBlock);
        revert UnknownBenchmark(id);
    }

    function _isOpen(PackedBenchmark memory record) private pure returns (bool) {
        return DatasetId.unwrap(record.dataset) != 0;
    }

    function _modelAt(BenchmarkId id, uint256 place) private view returns (ModelId) {
        return ModelId.wrap(REGISTRY.nodeAt(Ranking.numberAt(_boards[id], place)));
    }

    function _standingOf(BenchmarkId id, ModelId model) private view returns (Standing memory) {
        PackedResult memory sum = _best[id][model];
        PackedBenchmark memory record = _benchmarks[id];
        return Standing(model, sum.value, record.rows, record.kind, record.dataset, sum.prover);
    }

    function _kindOf(ModelId model) private view returns (ILineage.Kind) {
        return REGISTRY.kindOf(ModelId.unwrap(model));
    }

    function _isBetter(uint256 value, PackedResult memory known, IModelRegistry.ShardKind kind)
        private
        pure
        returns (bool)
    {
        if (known.prover == address(0)) return true;
        return kind == IModelRegistry.ShardKind.Regression ? value < known.value : value > known.value;
    }
}
