// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Blocks} from "./Blocks.sol";
import {Described} from "./Described.sol";
import {IDataAttestations} from "./interfaces/IDataAttestations.sol";
import {IDatasets} from "./interfaces/IDatasets.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {ILineageAudit} from "./interfaces/ILineageAudit.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {DatasetId, ModelId, ShardId} from "./interfaces/Ids.sol";
import {Proof} from "./interfaces/Proof.sol";
import {Claims} from "./libraries/Claims.sol";
import {Identity} from "./libraries/Identity.sol";
import {RowRecord} from "./libraries/RowRecord.sol";
import {Shape} from "./libraries/Shape.sol";
import {Statement} from "./libraries/Statement.sol";
import {VerifierCall} from "./libraries/VerifierCall.sol";

/// @title LineageAudit
/// @notice Facts about the shards of one registry, and what follows from them for its models. It has no owner.
contract LineageAudit is ILineageAudit, Blocks, Described {
    /// @dev One word: | version 8 | block 56 | prover 160 |. Zero: not shown.
    struct PackedFact {
        address prover;
        uint56 blockNumber;
        uint8 version;
    }

    /// @dev What a walk has found so far. Lists have more room than entries, and grow by doubling: a walk costs what it finds, however
    /// many models the registry has.
    struct Walk {
        OpenPair[] open;
        uint256 opened;
        bytes32[] unread;
        uint256 left;
        uint256[] pending;
        uint256 waiting;
    }

    uint256 private constant MAX_SETS = 16;
    // A parent as `edge` gives it: | weight 224 | number 32 |.
    uint256 private constant NUMBER_MASK = (1 << 32) - 1;

    IModelRegistry private immutable REGISTRY;
    IVerifiers private immutable VERIFIERS;
    IDatasets private immutable DATASETS;
    IDataAttestations private immutable ATTESTATIONS;

    /// @dev By two shards, the lower id first.
    mapping(ShardId low => mapping(ShardId high => PackedFact)) private _disjoint;
    mapping(ShardId shard => mapping(bytes32 record => PackedFact)) private _absent;
    mapping(ShardId shard => mapping(DatasetId dataset => PackedFact)) private _subset;

    /// @param registry_ whose shards, models and verifiers these are
    /// @param attestations_ what sources say of lists of its shards
    constructor(IModelRegistry registry_, IDataAttestations attestations_) {
        REGISTRY = registry_;
        VERIFIERS = registry_.verifiers();
        ATTESTATIONS = attestations_;
        DATASETS = attestations_.datasets();
    }

    // ------------------------------------------------------------------------------------------------ facts

    /// @inheritdoc ILineageAudit
    function recordDisjoint(DisjointClaim calldata claim, Proof calldata proof) external {
        ShardId first = Identity.ofShard(claim.first, claim.firstDescriptor);
        ShardId second = Identity.ofShard(claim.second, claim.secondDescriptor);
        _requireComparable(first, second, _schemaOf(first));
        if (Shape.shardInputs(claim.firstDescriptor) != Shape.shardInputs(claim.secondDescriptor)) {
            revert ShardsOfDifferentFamilies(first, second);
        }
        (ShardId low, ShardId high) = _ordered(first, second);
        if (_disjoint[low][high].prover != address(0)) {
            revert AlreadyShown(ShardId.unwrap(first), ShardId.unwrap(second));
        }
        uint256[] memory parameters = _parametersOf(claim.firstDescriptor, claim.secondDescriptor, claim.point);
        uint256[] memory extra = new uint256[](1);
        uint256 chunks = claim.first.length | Claims.countAt(1, claim.second.length);
        bytes memory statement = Claims.begin();
        Claims.open(statement, parameters, extra, chunks, claim.first.length + claim.second.length);
        Claims.add(statement, claim.first);
        Claims.add(statement, claim.second);
        _disjoint[low][high] = _shown(Statement.DISJOINT, statement, proof);
        emit DisjointShown(first, second, msg.sender);
    }

    /// @inheritdoc ILineageAudit
    function recordAbsent(AbsentClaim calldata claim, Proof calldata proof) external {
        ShardId shard = Identity.ofShard(claim.shard, claim.descriptor);
        // What the numbers mean must be known, though a record states nothing.
        _schemaOf(shard);
        uint256 inputs = Shape.shardInputs(claim.descriptor);
        uint256 one = Shape.packShard(inputs, 1, 1, IModelRegistry.ShardKind.Regression);
        uint256[] memory parameters = _parametersOf(claim.descriptor, one, claim.point);
        parameters[3] = RowRecord.evaluate(claim.record, inputs, claim.point);
        uint256[] memory extra = new uint256[](1);
        bytes32 record = keccak256(claim.record);
        extra[0] = uint256(record);
        if (_absent[shard][record].prover != address(0)) revert AlreadyShown(ShardId.unwrap(shard), record);
        bytes memory statement = Claims.begin();
        Claims.open(statement, parameters, extra, claim.shard.length, claim.shard.length);
        Claims.add(statement, claim.shard);
        _absent[shard][record] = _shown(Statement.DISJOINT, statement, proof);
        emit AbsentShown(shard, record, msg.sender);
    }

    /// @inheritdoc ILineageAudit
    function recordSubset(SubsetClaim calldata claim, Proof calldata proof) external {
        ShardId shard = Identity.ofShard(claim.shard, claim.descriptor);
        DatasetId dataset = Identity.ofDataset(claim.list.registrar, claim.list.shardIds, claim.list.uri);
        if (DATASETS.dataset(dataset).registrar == address(0)) revert UnknownDataset(dataset);
        if (_subset[shard][dataset].prover != address(0)) {
            revert AlreadyShown(ShardId.unwrap(shard), DatasetId.unwrap(dataset));
        }
        (uint256 chunks, uint256 points) = _requireSets(claim, shard, dataset);
        uint256[] memory parameters = new uint256[](2 + MAX_SETS);
        (parameters[0], parameters[1]) = (claim.descriptor, claim.sets.length);
        uint256[] memory extra = new uint256[](1);
        extra[0] = uint256(DatasetId.unwrap(dataset));
        for (uint256 i = 0; i < claim.sets.length; ++i) {
            parameters[2 + i] = claim.descriptors[i];
        }
        bytes memory statement = Claims.begin();
        Claims.open(statement, parameters, extra, chunks, points);
        Claims.add(statement, claim.shard);
        for (uint256 i = 0; i < claim.sets.length; ++i) {
            Claims.add(statement, claim.sets[i]);
        }
        _subset[shard][dataset] = _shown(Statement.SUBSET, statement, proof);
        emit SubsetShown(shard, dataset, msg.sender);
    }

    /// @inheritdoc ILineageAudit
    function disjoint(ShardId a, ShardId b) external view returns (bool) {
        return _areDisjoint(a, b);
    }

    /// @inheritdoc ILineageAudit
    function absent(ShardId shard, bytes32 record) external view returns (bool) {
        return _absent[shard][record].prover != address(0);
    }

    /// @inheritdoc ILineageAudit
    function subset(ShardId shard, DatasetId dataset) external view returns (bool) {
        return _subset[shard][dataset].prover != address(0);
    }

    /// @inheritdoc ILineageAudit
    function subsetAttested(ShardId shard, DatasetId dataset, address source)
        external
        view
        returns (bool shown, bool attested)
    {
        return (_subset[shard][dataset].prover != address(0), ATTESTATIONS.isAttested(dataset, source));
    }

    /// @inheritdoc ILineageAudit
    function disjointFact(ShardId a, ShardId b) external view returns (Fact memory) {
        (ShardId low, ShardId high) = _ordered(a, b);
        return _factOf(_disjoint[low][high]);
    }

    /// @inheritdoc ILineageAudit
    function absentFact(ShardId shard, bytes32 record) external view returns (Fact memory) {
        return _factOf(_absent[shard][record]);
    }

    /// @inheritdoc ILineageAudit
    function subsetFact(ShardId shard, DatasetId dataset) external view returns (Fact memory) {
        return _factOf(_subset[shard][dataset]);
    }

    // ------------------------------------------------------------------------------------------------ lineages

    /// @inheritdoc ILineageAudit
    function decontaminated(bytes32 model, ShardId[] calldata shards, uint256[] calldata cursor, uint256 limit)
        external
        view
        returns (Page memory)
    {
        return _walk(model, _asked(shards), false, cursor, limit);
    }

    /// @inheritdoc ILineageAudit
    function neverTrainedOn(bytes32 model, bytes32 record, uint256[] calldata cursor, uint256 limit)
        external
        view
        returns (Page memory)
    {
        bytes32[] memory asked = new bytes32[](1);
        asked[0] = record;
        return _walk(model, asked, true, cursor, limit);
    }

    /// @inheritdoc ILineageAudit
    function isDecontaminated(bytes32 model, ShardId[] calldata shards, uint256 limit) external view returns (bool) {
        Page memory page = _walk(model, _asked(shards), false, new uint256[](0), limit);
        return page.open.length == 0 && page.unread.length == 0 && page.next.length == 0;
    }

    /// @inheritdoc ILineageAudit
    function registry() external view returns (IModelRegistry) {
        return REGISTRY;
    }

    /// @inheritdoc ILineageAudit
    function datasets() external view returns (IDatasets) {
        return DATASETS;
    }

    /// @inheritdoc ILineageAudit
    function attestations() external view returns (IDataAttestations) {
        return ATTESTATIONS;
    }

    // ------------------------------------------------------------------------------------------------ inside

    /// @dev Checks a statement of whoever calls.
    function _shown(uint256 program, bytes memory statement, Proof calldata proof)
        private
        view
        returns (PackedFact memory)
    {
        uint256 version = VerifierCall.verify(VERIFIERS, msg.sender, program, statement, proof);
        return PackedFact(msg.sender, uint56(_blockNumber()), uint8(version));
    }

    /// @dev Of program disjoint; the last is 0 for two shards.
    function _parametersOf(uint256 first, uint256 second, uint256 point)
        private
        pure
        returns (uint256[] memory parameters)
    {
        parameters = new uint256[](4);
        (parameters[0], parameters[1], parameters[2]) = (first, second, point);
    }

    /// @dev The schema of a registered shard, which must state one.
    function _schemaOf(ShardId id) private view returns (bytes32 schema) {
        IModelRegistry.ShardRecord memory record = REGISTRY.shard(id);
        if (record.owner == address(0)) revert UnknownShard(id);
        schema = record.schema;
        if (schema == 0) revert SchemaNotStated(id);
    }

    function _requireComparable(ShardId first, ShardId other, bytes32 schema) private view {
        if (_schemaOf(other) != schema) revert ShardsOfDifferentSchemas(first, other);
    }

    /// @dev Rejects sets that are no registered shards of the dataset or cannot be compared with the shard.
    /// @return chunks how many points the shard and each set have, as in `Claim`
    /// @return points of all of them together
    function _requireSets(SubsetClaim calldata claim, ShardId shard, DatasetId dataset)
        private
        view
        returns (uint256 chunks, uint256 points)
    {
        uint256 count = claim.sets.length;
        if (count == 0 || count > MAX_SETS || count != claim.descriptors.length) {
            revert WrongSetCount(count, claim.descriptors.length);
        }
        bytes32 schema = _schemaOf(shard);
        (chunks, points) = (claim.shard.length, claim.shard.length);
        uint256 place = 0;
        for (uint256 i = 0; i < count; ++i) {
            ShardId set = Identity.ofShard(claim.sets[i], claim.descriptors[i]);
            place = _placeAfter(claim.list.shardIds, place, set, dataset);
            _requireComparable(shard, set, schema);
            if (!_isOfFamily(claim.descriptor, claim.descriptors[i])) revert ShardsOfDifferentFamilies(shard, set);
            chunks |= Claims.countAt(1 + i, claim.sets[i].length);
            points += claim.sets[i].length;
        }
    }

    /// @return the place behind a shard, which stands from place `from` on
    function _placeAfter(ShardId[] calldata list, uint256 from, ShardId shard, DatasetId dataset)
        private
        pure
        returns (uint256)
    {
        for (uint256 i = from; i < list.length; ++i) {
            if (ShardId.unwrap(list[i]) == ShardId.unwrap(shard)) return i + 1;
        }
        revert NotInDataset(shard, dataset);
    }

    /// @dev Whether two descriptors have the same inputs, outputs and kind.
    function _isOfFamily(uint256 a, uint256 b) private pure returns (bool) {
        return Shape.geometryFamily(Shape.shardGeometry(a)) == Shape.geometryFamily(Shape.shardGeometry(b));
    }

    function _ordered(ShardId a, ShardId b) private pure returns (ShardId low, ShardId high) {
        return ShardId.unwrap(a) < ShardId.unwrap(b) ? (a, b) : (b, a);
    }

    function _areDisjoint(ShardId a, ShardId b) private view returns (bool) {
        (ShardId low, ShardId high) = _ordered(a, b);
        return _disjoint[low][high].prover != address(0);
    }

    function _factOf(PackedFact memory fact) private pure returns (Fact memory) {
        return Fact(fact.prover, fact.blockNumber, fact.version);
    }

    function _asked(ShardId[] calldata shards) private pure returns (bytes32[] memory asked) {
        if (shards.length == 0) revert NothingAsked();
        asked = new bytes32[](shards.length);
        for (uint256 i = 0; i < asked.length; ++i) {
            asked[i] = ShardId.unwrap(shards[i]);
        }
    }

    /// @dev Visits ancestors by falling numbers: a child's number is above those of its parents, so that each is met once however
    /// many ways lead to it, and whatever page it stands on.
    /// @param asked shards, or the hash of one record
    function _walk(bytes32 model, bytes32[] memory asked, bool isRecord, uint256[] memory cursor, uint256 limit)
        private
        view
        returns (Page memory page)
    {
        uint256 start = REGISTRY.numberOf(model);
        if (start == 0) revert UnknownModel(model);
        Walk memory walk = _begin(start, cursor);
        for (uint256 visited = 0; walk.waiting != 0 && visited < limit; ++visited) {
            bytes32 id = REGISTRY.nodeAt(_takeHighest(walk));
            ILineage.Kind kind = REGISTRY.kindOf(id);
            if (kind == ILineage.Kind.Import || kind == ILineage.Kind.Foreign) {
                _addUnread(walk, id);
            }
            if (kind == ILineage.Kind.Train) _look(walk, id, asked, isRecord);
            (,,, uint256[] memory parts) = REGISTRY.edge(id);
            for (uint256 i = 0; i < parts.length; ++i) {
                _wait(walk, parts[i] & NUMBER_MASK);
            }
        }
        page = Page(walk.open, walk.unread, walk.pending);
        _shorten(page, walk);
    }

    function _begin(uint256 start, uint256[] memory cursor) private pure returns (Walk memory walk) {
        walk.pending = new uint256[](1 + cursor.length);
        if (cursor.length == 0) _wait(walk, start);
        for (uint256 i = 0; i < cursor.length; ++i) {
            _wait(walk, cursor[i]);
        }
    }

    /// @dev Adds the pairs of a trained node that no fact speaks of, each once.
    function _look(Walk memory walk, bytes32 id, bytes32[] memory asked, bool isRecord) private view {
        ShardId[] memory shards = REGISTRY.shardsOf(ModelId.wrap(id));
        for (uint256 i = 0; i < shards.length; ++i) {
            if (_stoodBefore(shards, i)) continue;
            for (uint256 j = 0; j < asked.length; ++j) {
                bool known = isRecord
                    ? _absent[shards[i]][asked[j]].prover != address(0)
                    : _areDisjoint(shards[i], ShardId.wrap(asked[j]));
                if (!known) _addOpen(walk, OpenPair(id, shards[i], asked[j]));
            }
        }
    }

    function _addOpen(Walk memory walk, OpenPair memory pair) private pure {
        if (walk.opened == walk.open.length) {
            OpenPair[] memory longer = new OpenPair[](2 * walk.opened + 1);
            for (uint256 i = 0; i < walk.opened; ++i) {
                longer[i] = walk.open[i];
            }
            walk.open = longer;
        }
        walk.open[walk.opened] = pair;
        ++walk.opened;
    }

    function _addUnread(Walk memory walk, bytes32 id) private pure {
        if (walk.left == walk.unread.length) {
            bytes32[] memory longer = new bytes32[](2 * walk.left + 1);
            for (uint256 i = 0; i < walk.left; ++i) {
                longer[i] = walk.unread[i];
            }
            walk.unread = longer;
        }
        walk.unread[walk.left] = id;
        ++walk.left;
    }

    function _stoodBefore(ShardId[] memory shards, uint256 place) private pure returns (bool) {
        for (uint256 i = 0; i < place; ++i) {
            if (ShardId.unwrap(shards[i]) == ShardId.unwrap(shards[place])) return true;
        }
        return false;
    }

    function _takeHighest(Walk memory walk) private pure returns (uint256 number) {
        uint256 place = 0;
        for (uint256 i = 0; i < walk.waiting; ++i) {
            if (walk.pending[i] > number) (number, place) = (walk.pending[i], i);
        }
        --walk.waiting;
        walk.pending[place] = walk.pending[walk.waiting];
    }

    /// @dev Adds a number that is not there yet.
    function _wait(Walk memory walk, uint256 number) private pure {
        for (uint256 i = 0; i < walk.waiting; ++i) {
            if (walk.pending[i] == number) return;
        }
        if (walk.waiting == walk.pending.length) {
            uint256[] memory longer = new uint256[](2 * walk.waiting + 1);
            for (uint256 i = 0; i < walk.waiting; ++i) {
                longer[i] = walk.pending[i];
            }
            walk.pending = longer;
        }
        walk.pending[walk.waiting] = number;
        ++walk.waiting;
    }

    /// @dev Takes off what the lists have room for and do not hold.
    function _shorten(Page memory page, Walk memory walk) private pure {
        OpenPair[] memory open = page.open;
        bytes32[] memory unread = page.unread;
        uint256[] memory next = page.next;
        (uint256 opened, uint256 left, uint256 waiting) = (walk.opened, walk.left, walk.waiting);
        assembly ("memory-safe") {
            mstore(open, opened)
            mstore(unread, left)
            mstore(next, waiting)
        }
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(ILineageAudit).interfaceId;
    }
}
