// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Blocks} from "./Blocks.sol";
import {Relayed} from "./Relayed.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IScoreboard} from "./interfaces/IScoreboard.sol";
import {IScores} from "./interfaces/IScores.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {BenchmarkId, DatasetId, ModelId, ShardId} from "./interfaces/Ids.sol";
import {Claim, G1Point, Proof} from "./interfaces/Proof.sol";
import {Counts} from "./libraries/Counts.sol";
import {Identity} from "./libraries/Identity.sol";
import {PointLists} from "./libraries/PointLists.sol";
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

    /// @dev What is proved beside the result. The first word: | has absolute 8 | has loss 8 | counted 64 | absolute 64 | loss 64 |
    struct PackedMeasures {
        uint64 loss;
        uint64 absolute;
        uint64 counted;
        bool hasLoss;
        bool hasAbsolute;
        bytes32 countsHash;
    }

    /// @dev Which parts of a score are better than what was proved before.
    struct Improvement {
        bool result;
        bool loss;
        bool absolute;
        bool top;
        bool counts;
    }

    /// @dev The dataset is zero while the benchmark is not open.
    struct PackedBenchmark {
        DatasetId dataset;
        uint64 rows;
        uint64 closingBlock;
        IModelRegistry.ShardKind kind;
        bool isSealed;
    }

    uint256 private constant MAX_SHARDS = 256;
    /// @dev 2^12 rows of 2^12 outputs, each less than 2^14 off. 256 such results fit 64 bits.
    uint256 private constant MAX_RESULT = 1 << 52;

    IModelRegistry private immutable REGISTRY;
    IVerifiers private immutable VERIFIERS;

    mapping(ModelId model => mapping(ShardId shard => PackedResult)) private _results;
    mapping(ModelId model => mapping(ShardId shard => PackedMeasures)) private _measures;
    mapping(ModelId model => mapping(ShardId shard => mapping(uint256 k => uint256 rows))) private _tops;
    mapping(BenchmarkId id => PackedBenchmark) private _benchmarks;
    mapping(BenchmarkId id => ShardId[]) private _shardIds;
    mapping(BenchmarkId id => mapping(ModelId model => PackedResult)) private _best;
    mapping(BenchmarkId id => Ranking.Board) private _boards;

    /// @param registry_ whose models, shards, datasets and verifiers these are
    /// @param relay_ which carries what trainers signed
    constructor(IModelRegistry registry_, address relay_) Relayed(relay_) {
        REGISTRY = registry_;
        VERIFIERS = registry_.verifiers();
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
        _requireRange(claim, record.outputs);
        (uint256 countsAt, uint256 counted) =
            Counts.evaluate(claim.counts, record.kind, record.outputs, record.rows, claim.point);
        Improvement memory better = _improvement(model, shard, record.kind, claim, counted);

        VerifierCall.verify(VERIFIERS, _sender(), Statement.SCORE, _statementOf(claim, countsAt), proof);

        if (better.result) {
            _results[model][shard] = PackedResult(_sender(), uint64(claim.result), 0);
            emit Scored(
                model, shard, _sender(), claim.result, record.rows, REGISTRY.schemaOf(model), record.schema
            );
        }
        _keepMeasures(model, shard, claim, counted, better);
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
    function resultOf(ModelId model, ShardId shard) external view returns (Result memory result) {
        PackedResult memory packed = _results[model][shard];
        if (packed.prover == address(0)) return result;
        // Neither schema ever changes.
        return Result(packed.prover, packed.value, REGISTRY.schemaOf(model), REGISTRY.shard(shard).schema);
    }

    /// @inheritdoc IScoreboard
    function measuresOf(ModelId model, ShardId shard) external view returns (Measures memory) {
        PackedMeasures memory packed = _measures[model][shard];
        return Measures(
            packed.hasLoss, packed.loss, packed.hasAbsolute, packed.absolute, packed.counted, packed.countsHash
        );
    }

    /// @inheritdoc IScoreboard
    function topOf(ModelId model, ShardId shard, uint256 k) external view returns (uint256) {
        return _tops[model][shard][k];
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

    /// @dev Refuses numbers that no model can have on any rows.
    function _requireRange(ScoreClaim calldata claim, uint256 outputs) private pure {
        if (claim.result > MAX_RESULT) revert ResultOutOfRange(claim.result);
        if (claim.loss > type(uint64).max) revert LossOutOfRange(claim.loss);
        if (claim.absolute > type(uint64).max) revert AbsoluteOutOfRange(claim.absolute);
        if (claim.k > outputs || (claim.k == 0 && claim.top != 0)) revert TopOutOfRange(claim.k, claim.top, outputs);
    }

    /// @dev What of a score is better than what was proved before; reverts with NotBetter where nothing is. With squared error
    /// the loss, and of classes and labels the absolute error, is 0 and says nothing.
    function _improvement(
        ModelId model,
        ShardId shard,
        IModelRegistry.ShardKind kind,
        ScoreClaim calldata claim,
        uint256 counted
    ) private view returns (Improvement memory better) {
        PackedResult memory known = _results[model][shard];
        PackedMeasures storage measures = _measures[model][shard];
        better.result = _isBetter(claim.result, known, kind);
        if (Shape.modelHead(claim.shape) != IModelRegistry.Head.SquaredError) {
            better.loss = !measures.hasLoss || claim.loss < measures.loss;
        }
        better.absolute = kind == IModelRegistry.ShardKind.Regression && !measures.hasAbsolute;
        better.top = claim.top > _tops[model][shard][claim.k];
        better.counts = counted > measures.counted;
        if (better.result || better.loss || better.absolute || better.top || better.counts) return better;
        revert NotBetter(claim.result, known.value);
    }

    /// @dev Keeps of a score what is better, and says what was proved.
    function _keepMeasures(
        ModelId model,
        ShardId shard,
        ScoreClaim calldata claim,
        uint256 counted,
        Improvement memory better
    ) private {
        PackedMeasures storage measures = _measures[model][shard];
        if (better.loss) (measures.hasLoss, measures.loss) = (true, uint64(claim.loss));
        if (better.absolute) (measures.hasAbsolute, measures.absolute) = (true, uint64(claim.absolute));
        if (better.top) _tops[model][shard][claim.k] = claim.top;
        if (better.counts) (measures.counted, measures.countsHash) = (uint64(counted), Counts.hash(claim.counts));
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

    /// @dev What a score proves. Model and shard are registered, so that each has as many points as it should.
    /// @param countsAt the counts at the claim's point
    function _statementOf(ScoreClaim calldata claim, uint256 countsAt) private pure returns (Claim memory statement) {
        uint256[] memory parameters = new uint256[](9);
        (parameters[0], parameters[1], parameters[2]) = (claim.shape, claim.descriptor, claim.result);
        (parameters[3], parameters[4], parameters[5]) = (claim.loss, claim.absolute, claim.k);
        (parameters[6], parameters[7], parameters[8]) = (claim.top, claim.point, countsAt);
        uint256[] memory extra = new uint256[](1);
        extra[0] = uint256(Counts.hash(claim.counts));
        G1Point[] memory points = PointLists.withRoom(claim.model.length + claim.shard.length);
        PointLists.put(points, PointLists.put(points, 0, claim.model), claim.shard);
        uint256 chunks = PointLists.countAt(0, claim.model.length) | PointLists.countAt(1, claim.shard.length);
        return Claim(parameters, extra, points, chunks);
    }

    /// @return firstBlock in which one of the shards was registered
    function _open(BenchmarkId id, DatasetId dataset, ShardId[] calldata shardIds)
        private
        returns (uint256 firstBlock)
    {
        if (shardIds.length > MAX_SHARDS) revert TooManyShards(shardIds.length);
        PackedBenchmark storage record = _benchmarks[id];
        if (_isOpen(record)) revert BenchmarkExists(id);
        IModelRegistry.Dataset memory registered = REGISTRY.dataset(dataset);
        if (registered.registrar == address(0)) revert UnknownDataset(dataset);
        record.dataset = dataset;
        record.rows = uint64(registered.rows);
        record.kind = REGISTRY.shard(shardIds[0]).kind;
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
