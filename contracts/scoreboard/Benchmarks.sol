// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Blocks} from "../Blocks.sol";
import {Payments} from "../Payments.sol";
import {Relayed} from "../Relayed.sol";
import {IBenchmarks} from "../interfaces/IBenchmarks.sol";
import {IDatasets} from "../interfaces/IDatasets.sol";
import {ILineage} from "../interfaces/ILineage.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IScores} from "../interfaces/IScores.sol";
import {ITrainers} from "../interfaces/ITrainers.sol";
import {BenchmarkId, DatasetId, ModelId, ShardId} from "../interfaces/Ids.sol";
import {Identity} from "../libraries/Identity.sol";
import {Ranking} from "../libraries/Ranking.sol";
import {Ways} from "../libraries/Ways.sol";

/// @title Benchmarks, their rules, bonds and leaderboards
/// @notice Where results come from is the matter of the contract that this is a part of.
abstract contract Benchmarks is IBenchmarks, Relayed, Blocks, Payments {
    /// @dev One word, of which everything that a rank must know is read at once: the rest of the rules only where it is said here.
    /// `openedAt` is zero while the benchmark is not open, `openBy` where it was not sealed. `isBurned`: no bond is kept any more, since
    /// the time to open was over.
    struct Head {
        uint32 rows;
        uint64 closingBlock;
        uint40 openedAt;
        uint40 openBy;
        IModelRegistry.ShardKind kind;
        bool undeclared;
        bool noForeign;
        bool sameSchema;
        bool hasAncestor;
        bool hasFee;
        bool isBurned;
    }

    struct PackedBenchmark {
        DatasetId dataset;
        Head head;
        address opener;
        uint96 fee;
        bytes32 ancestor;
        uint256 bond;
    }

    struct PackedSum {
        address ranker;
        uint64 value;
    }

    /// @notice How far ahead a seal may have to be opened: a slip must not lock a bond for ever.
    uint256 public constant MAX_SEALED = 5 * 365 days;
    /// @notice Where bonds are burned. Nobody has its key.
    address public constant BURNED = 0x000000000000000000000000000000000000dEaD;

    uint256 private constant MAX_SHARDS = 256;

    IModelRegistry internal immutable REGISTRY;
    IDatasets internal immutable DATASETS;
    ITrainers internal immutable TRAINERS;

    mapping(BenchmarkId id => PackedBenchmark) private _benchmarks;
    mapping(DatasetId dataset => mapping(address sealer => BenchmarkId)) private _seals;
    mapping(BenchmarkId id => ShardId[]) private _shardIds;
    mapping(BenchmarkId id => mapping(ModelId model => PackedSum)) private _best;
    /// @dev Where a trainer's entry stands, or stood, on the board.
    mapping(BenchmarkId id => mapping(address trainer => uint256)) private _slots;
    mapping(BenchmarkId id => Ranking.Board) private _boards;
    mapping(address account => uint256) private _owed;

    /// @param registry_ whose models and shards these are
    /// @param datasets_ lists of its shards
    /// @param trainers_ says who acts for whom, and where money goes
    constructor(IModelRegistry registry_, IDatasets datasets_, ITrainers trainers_) {
        REGISTRY = registry_;
        DATASETS = datasets_;
        TRAINERS = trainers_;
    }

    // ------------------------------------------------------------------------------------------------ opening

    /// @inheritdoc IBenchmarks
    function openBenchmark(address registrar, ShardId[] calldata shardIds, string calldata uri, Rules calldata rules)
        external
        returns (BenchmarkId id)
    {
        DatasetId dataset = Identity.ofDataset(registrar, shardIds, uri);
        id = Identity.ofBenchmark(dataset, _sender(), 0, rules);
        PackedBenchmark storage record = _benchmarks[id];
        if (record.head.openedAt != 0) revert BenchmarkExists(id);
        Head memory head = _writeRules(record, dataset, rules);
        _open(id, head, dataset, shardIds);
        emit BenchmarkOpened(id, _sender(), dataset, shardIds, 0, rules);
    }

    /// @inheritdoc IBenchmarks
    function sealBenchmark(DatasetId dataset, uint256 closingBlock, uint256 openBy, Rules calldata rules)
        external
        payable
        returns (BenchmarkId id)
    {
        if (closingBlock < _blockNumber()) revert ClosingBlockPassed(closingBlock);
        if (closingBlock > type(uint64).max) revert ClosingBlockTooFar(closingBlock);
        if (openBy <= block.timestamp || openBy > block.timestamp + MAX_SEALED) revert OpenByOutOfRange(openBy);
        if (DATASETS.isRevoked(dataset)) revert RevokedDataset(dataset);
        address sealer = _sender();
        id = _seals[dataset][sealer];
        if (BenchmarkId.unwrap(id) != 0) revert SealExists(id);
        id = Identity.ofBenchmark(dataset, sealer, closingBlock, rules);
        _seals[dataset][sealer] = id;
        PackedBenchmark storage record = _benchmarks[id];
        Head memory head = _writeRules(record, dataset, rules);
        (head.closingBlock, head.openBy) = (uint64(closingBlock), uint40(openBy));
        record.head = head;
        if (msg.value != 0) record.bond = msg.value;
        emit BenchmarkSealed(id, sealer, dataset, closingBlock, openBy, msg.value, rules);
    }

    /// @inheritdoc IBenchmarks
    function unsealBenchmark(address sealer, address registrar, ShardId[] calldata shardIds, string calldata uri)
        external
        nonReentrant
        returns (BenchmarkId id)
    {
        DatasetId dataset = Identity.ofDataset(registrar, shardIds, uri);
        id = _seals[dataset][sealer];
        if (BenchmarkId.unwrap(id) == 0) revert NotSealed(dataset, sealer);
        Head memory head = _benchmarks[id].head;
        if (head.openedAt != 0) revert BenchmarkExists(id);
        uint256 bond = head.isBurned ? 0 : _benchmarks[id].bond;
        bool late = block.timestamp > head.openBy;
        head.isBurned = late;
        uint256 firstBlock = _open(id, head, dataset, shardIds);
        if (firstBlock <= head.closingBlock) revert SealBroken(dataset, firstBlock);
        emit BenchmarkOpened(id, sealer, dataset, shardIds, head.closingBlock, rulesOf(id));

        if (bond == 0) return id;
        if (late) {
            _burn(id, sealer, bond);
        } else {
            _owed[sealer] += bond;
            emit BondReturned(id, sealer, bond);
        }
    }

    /// @inheritdoc IBenchmarks
    function burnBond(BenchmarkId id) external nonReentrant {
        PackedBenchmark storage record = _benchmarks[id];
        uint256 bond = record.bond;
        if (bond == 0 || _stateOf(record.head) != SealState.Overdue) revert NothingForfeited(id);
        record.head.isBurned = true;
        _burn(id, record.opener, bond);
    }

    // ------------------------------------------------------------------------------------------------ ranking

    /// @inheritdoc IBenchmarks
    function rank(ModelId model, BenchmarkId id, bytes32[] calldata steps)
        external
        payable
        returns (uint256 place)
    {
        Head memory head = _openHead(id);
        ILineage.Node memory node = REGISTRY.node(ModelId.unwrap(model));
        if (node.kind == ILineage.Kind.None) revert UnknownModel(model);
        _requireAdmitted(model, node, id, head, steps);
        uint256 value = _sumOf(model, id);
        bool ascending = head.kind == IModelRegistry.ShardKind.Regression;
        PackedSum memory known = _best[id][model];
        bool isFirst = known.ranker == address(0);
        if (!isFirst && !Ranking.isBetter(value, known.value, ascending)) revert NotBetter(value, known.value);

        uint256 fee = _takeFee(id, head, isFirst);
        _best[id][model] = PackedSum(_sender(), uint64(value));
        (uint256 hint, uint256 slot) = (_slots[id][node.trainer], 0);
        (place, slot) = Ranking.enter(_boards[id], node.trainer, node.number, value, ascending, hint);
        if (slot != hint) _slots[id][node.trainer] = slot;
        emit Ranked(id, model, node.trainer, _sender(), value, place, fee);
    }

    /// @inheritdoc IBenchmarks
    function withdraw(address account, address to) external nonReentrant returns (uint256 amount) {
        if (TRAINERS.keyOf(account) != _sender()) revert NotTheKey(account, _sender());
        return _withdraw(account, to);
    }

    /// @inheritdoc IBenchmarks
    function withdrawFor(address account) external nonReentrant returns (uint256 amount) {
        return _withdraw(account, TRAINERS.payoutOf(account));
    }

    // ------------------------------------------------------------------------------------------------ reading

    /// @inheritdoc IBenchmarks
    function owed(address account) external view returns (uint256) {
        return _owed[account];
    }

    /// @inheritdoc IBenchmarks
    function benchmark(BenchmarkId id) external view returns (Benchmark memory result) {
        PackedBenchmark memory record = _benchmarks[id];
        Head memory head = record.head;
        if (head.openedAt == 0) return result;
        return Benchmark(
            record.dataset,
            record.opener,
            head.kind,
            head.rows,
            _shardIds[id].length,
            head.closingBlock,
            Ranking.count(_boards[id]),
            head.openedAt
        );
    }

    /// @inheritdoc IBenchmarks
    function rulesOf(BenchmarkId id) public view returns (Rules memory) {
        PackedBenchmark memory record = _benchmarks[id];
        Head memory head = record.head;
        return Rules(head.undeclared, head.noForeign, head.sameSchema, record.ancestor, record.fee);
    }

    /// @inheritdoc IBenchmarks
    function feeOf(ModelId model, BenchmarkId id) external view returns (uint256) {
        return _best[id][model].ranker == address(0) ? _benchmarks[id].fee : 0;
    }

    /// @inheritdoc IBenchmarks
    function sealOf(BenchmarkId id) external view returns (Seal memory result) {
        PackedBenchmark memory record = _benchmarks[id];
        Head memory head = record.head;
        if (head.openBy == 0) return result;
        return Seal(
            _stateOf(head), record.opener, record.dataset, head.closingBlock, head.openBy, head.openedAt, record.bond
        );
    }

    /// @inheritdoc IBenchmarks
    function sealedBy(DatasetId dataset, address sealer) external view returns (BenchmarkId) {
        return _seals[dataset][sealer];
    }

    /// @inheritdoc IBenchmarks
    function shardsOf(BenchmarkId id) external view returns (ShardId[] memory) {
        return _shardIds[id];
    }

    /// @inheritdoc IBenchmarks
    function best(ModelId model, BenchmarkId id) external view returns (Standing memory result) {
        if (_best[id][model].ranker == address(0)) return result;
        return _standingOf(id, model);
    }

    /// @inheritdoc IBenchmarks
    function leaderboard(BenchmarkId id) external view returns (Standing[] memory list) {
        list = new Standing[](Ranking.count(_boards[id]));
        for (uint256 place = 0; place < list.length; ++place) {
            list[place] = _standingOf(id, _modelAt(id, place));
        }
    }

    /// @inheritdoc IScores
    function scoreOf(bytes32 model, bytes32 id) external view returns (Score memory result) {
        PackedSum memory sum = _best[BenchmarkId.wrap(id)][ModelId.wrap(model)];
        if (sum.ranker == address(0)) return result;
        Head memory head = _benchmarks[BenchmarkId.wrap(id)].head;
        return Score(_measureOf(head), sum.value, head.rows);
    }

    /// @inheritdoc IScores
    function leader(bytes32 id) external view returns (bytes32) {
        BenchmarkId benchmark_ = BenchmarkId.wrap(id);
        if (Ranking.count(_boards[benchmark_]) == 0) return 0;
        return ModelId.unwrap(_modelAt(benchmark_, 0));
    }

    /// @inheritdoc IScores
    function boardOf(bytes32 id) external view returns (Board memory) {
        PackedBenchmark storage record = _benchmarks[BenchmarkId.wrap(id)];
        Head memory head = record.head;
        bytes32 dataset = DatasetId.unwrap(record.dataset);
        return Board(_measureOf(head), head.rows, head.openedAt, head.openBy, dataset);
    }

    /// @inheritdoc IBenchmarks
    function benchmarkId(DatasetId dataset, address opener, uint256 closingBlock, Rules calldata rules)
        external
        pure
        returns (BenchmarkId)
    {
        return Identity.ofBenchmark(dataset, opener, closingBlock, rules);
    }

    /// @inheritdoc IBenchmarks
    function datasets() external view returns (IDatasets) {
        return DATASETS;
    }

    /// @inheritdoc IBenchmarks
    function trainers() external view returns (ITrainers) {
        return TRAINERS;
    }

    // ------------------------------------------------------------------------------------------------ inside

    /// @dev A model's best result on a shard; reverts with NotScored where there is none.
    function _valueOf(ModelId model, ShardId shard) internal view virtual returns (uint256);

    /// @dev Checks the rules of a new benchmark and writes all of it but the word that is returned.
    function _writeRules(PackedBenchmark storage record, DatasetId dataset, Rules calldata rules)
        private
        returns (Head memory head)
    {
        if (rules.fee > type(uint96).max) revert FeeTooHigh(rules.fee);
        record.dataset = dataset;
        (record.opener, record.fee) = (_sender(), uint96(rules.fee));
        (head.undeclared, head.noForeign, head.sameSchema) = (rules.undeclared, rules.noForeign, rules.sameSchema);
        head.hasFee = rules.fee != 0;
        head.hasAncestor = rules.ancestor != 0;
        if (!head.hasAncestor) return head;
        if (REGISTRY.kindOf(rules.ancestor) == ILineage.Kind.None) revert UnknownModel(ModelId.wrap(rules.ancestor));
        record.ancestor = rules.ancestor;
    }

    /// @dev Fills in what is known once shards are registered, and stores the word.
    /// @return firstBlock in which one of the shards was registered
    function _open(BenchmarkId id, Head memory head, DatasetId dataset, ShardId[] calldata shardIds)
        private
        returns (uint256 firstBlock)
    {
        if (shardIds.length > MAX_SHARDS) revert TooManyShards(shardIds.length);
        IDatasets.Dataset memory registered = DATASETS.dataset(dataset);
        if (registered.registrar == address(0)) revert UnknownDataset(dataset);
        if (registered.isRevoked) revert RevokedDataset(dataset);
        (head.rows, head.openedAt) = (uint32(registered.rows), uint40(block.timestamp));
        head.kind = REGISTRY.shard(shardIds[0]).kind;
        _benchmarks[id].head = head;
        _shardIds[id] = shardIds;
        return registered.firstBlock;
    }

    /// @dev Only under `nonReentrant`.
    function _burn(BenchmarkId id, address sealer, uint256 bond) private {
        emit BondBurned(id, sealer, bond);
        _payOut(ETHER, BURNED, bond);
    }

    /// @dev Only under `nonReentrant`.
    function _withdraw(address account, address to) private returns (uint256 amount) {
        amount = _owed[account];
        if (amount == 0) revert NothingOwed(account, ETHER);
        _owed[account] = 0;
        emit Withdrawn(account, to, amount);
        _payOut(ETHER, to, amount);
    }

    /// @dev Refuses models that the rules do not admit.
    function _requireAdmitted(
        ModelId model,
        ILineage.Node memory node,
        BenchmarkId id,
        Head memory head,
        bytes32[] calldata steps
    ) private view {
        if (head.openBy != 0 && node.blockNumber > head.closingBlock) {
            revert ModelTooLate(model, node.blockNumber, head.closingBlock);
        }
        if (head.undeclared && node.declared) revert DeclaredModel(model);
        if (head.noForeign && REGISTRY.isForeign(ModelId.unwrap(model))) revert ForeignModel(model);
        if (head.hasAncestor) {
            bytes32 ancestor = _benchmarks[id].ancestor;
            if (!Ways.leads(REGISTRY, ancestor, ModelId.unwrap(model), steps)) revert NotADescendant(model, ancestor);
        }
        if (!head.sameSchema) return;
        // All shards of a dataset have one schema.
        bytes32 ofShards = REGISTRY.shard(_shardIds[id][0]).schema;
        bytes32 ofModel = REGISTRY.schemaOf(model);
        if (ofModel == 0 || ofModel != ofShards) revert SchemasDiffer(ofModel, ofShards);
    }

    function _takeFee(BenchmarkId id, Head memory head, bool isFirst) private returns (uint256 fee) {
        if (head.hasFee && isFirst) fee = _benchmarks[id].fee;
        if (msg.value != fee) revert WrongFee(msg.value, fee);
        if (fee != 0) _owed[_benchmarks[id].opener] += fee;
    }

    function _sumOf(ModelId model, BenchmarkId id) private view returns (uint256 value) {
        ShardId[] storage shardIds = _shardIds[id];
        uint256 count = shardIds.length;
        for (uint256 i = 0; i < count; ++i) {
            value += _valueOf(model, shardIds[i]);
        }
    }

    function _openHead(BenchmarkId id) private view returns (Head memory head) {
        head = _benchmarks[id].head;
        if (head.openedAt != 0) return head;
        if (head.openBy != 0) revert StillSealed(id, head.closingBlock);
        revert UnknownBenchmark(id);
    }

    /// @dev Of a benchmark that was sealed.
    function _stateOf(Head memory head) private view returns (SealState) {
        if (head.openedAt != 0) return SealState.Open;
        if (block.timestamp <= head.openBy) return SealState.Sealed;
        return head.isBurned ? SealState.Forfeited : SealState.Overdue;
    }

    function _measureOf(Head memory head) private pure returns (Measure) {
        if (head.openedAt == 0) return Measure.None;
        return head.kind == IModelRegistry.ShardKind.Regression ? Measure.SquaredError : Measure.RowsRight;
    }

    function _modelAt(BenchmarkId id, uint256 place) private view returns (ModelId) {
        return ModelId.wrap(REGISTRY.nodeAt(Ranking.numberAt(_boards[id], place)));
    }

    function _standingOf(BenchmarkId id, ModelId model) private view returns (Standing memory) {
        PackedSum memory sum = _best[id][model];
        PackedBenchmark storage record = _benchmarks[id];
        Head memory head = record.head;
        address trainer = REGISTRY.trainerOf(ModelId.unwrap(model));
        return Standing(model, trainer, sum.value, head.rows, head.kind, record.dataset, sum.ranker);
    }
}
