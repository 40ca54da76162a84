// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ModelId, ShardId} from "../interfaces/Ids.sol";
import {Claim, G1Point, Proof} from "../interfaces/Proof.sol";
import {EdgeWord, EdgeWordsLibrary, PackedTraining} from "../libraries/EdgeWords.sol";
import {Floors, FloorsLibrary} from "../libraries/Floors.sol";
import {Identity} from "../libraries/Identity.sol";
import {NodeHead} from "../libraries/NodeHead.sol";
import {PointLists} from "../libraries/PointLists.sol";
import {Shape} from "../libraries/Shape.sol";
import {Statement} from "../libraries/Statement.sol";
import {Models} from "./Models.sol";
import {Shards} from "./Shards.sol";

/// @title Trainings
/// @notice Edges of one or more segments. Of each segment the shard, the rate, the batch and the passes are kept.
abstract contract Trainings is Models, Shards {
    /// @dev A segment whose shard is known, while the transaction lasts.
    struct Step {
        Training training;
        ShardHead shard;
    }

    /// @inheritdoc IModelRegistry
    function train(TrainEdge calldata edge, Proof calldata proof) external returns (ModelId child) {
        ModelId parent = Identity.ofModel(edge.parent, edge.shape);
        _requireModel(parent);
        child = _freshModel(edge.child, edge.shape);
        Step[] memory steps = new Step[](1);
        steps[0] = _step(edge.shape, edge.shard, edge.descriptor);
        _setRates(steps[0].training, edge.learningRate, edge.batch, edge.passes);
        Claim memory claim = _trainClaim(edge.parent, edge.child, edge.shard);
        claim.parameters = _words(edge.shape, _segment(edge.descriptor, steps[0].training));
        claim.extra = _words(edge.descriptor);
        uint256 version = _requireProof(Statement.TRAIN, claim, proof);
        _register(parent, child, edge.child, edge.shape, version, steps);
    }

    /// @inheritdoc IModelRegistry
    function trainMany(
        G1Point[] calldata parent,
        uint256 shape,
        Segment[] calldata segments,
        Proof[] calldata proofs
    ) external returns (ModelId[] memory kept) {
        ModelId parentId = Identity.ofModel(parent, shape);
        _requireModel(parentId);
        (Claim[] memory claims, Step[] memory steps) = _chain(parent, shape, segments);
        uint256 version = _requireProofs(Statement.TRAIN, claims, proofs);

        return _registerChain(parentId, shape, version, segments, steps);
    }

    /// @inheritdoc IModelRegistry
    function trainingOf(ModelId id, uint256 segment) external view returns (Training memory) {
        NodeHead head = _headOf(ModelId.unwrap(id));
        if (segment >= _edgeWordOf(head, 0).segments()) return Training(ShardId.wrap(0), 0, 0, 0);
        return _trainingAt(head, segment);
    }

    /// @inheritdoc IModelRegistry
    function segmentsOf(ModelId id) external view returns (uint256) {
        return _edgeWordOf(_headOf(ModelId.unwrap(id)), 0).segments();
    }

    /// @inheritdoc IModelRegistry
    function shardsOf(ModelId id) external view returns (ShardId[] memory list) {
        NodeHead head = _headOf(ModelId.unwrap(id));
        list = new ShardId[](_edgeWordOf(head, 0).segments());
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = _trainingAt(head, i).shard;
        }
    }

    /// @dev Claims and steps of a chain, in order: each claim's parent is the child before.
    function _chain(G1Point[] calldata parent, uint256 shape, Segment[] calldata segments)
        private
        view
        returns (Claim[] memory claims, Step[] memory steps)
    {
        claims = new Claim[](segments.length);
        steps = new Step[](segments.length);
        for (uint256 i = 0; i < segments.length; ++i) {
            Segment calldata segment = segments[i];
            Step memory step = _step(shape, segment.shard, segment.descriptor);
            _setRates(step.training, segment.learningRate, segment.batch, segment.passes);
            Claim memory claim = _trainClaim(i == 0 ? parent : segments[i - 1].child, segment.child, segment.shard);
            claim.parameters = _words(shape, _segment(segment.descriptor, step.training));
            claim.extra = _words(segment.descriptor);
            (claims[i], steps[i]) = (claim, step);
        }
    }

    /// @dev The shard of a segment, which must be registered and fit.
    function _step(uint256 shape, G1Point[] calldata shard_, uint256 descriptor)
        private
        view
        returns (Step memory step)
    {
        ShardId id = Identity.ofShard(shard_, descriptor);
        step.shard = _knownShard(id);
        step.training.shard = id;
        Shape.requireFit(shape, descriptor);
    }

    /// @dev Registers the children of a chain that are kept.
    /// @param parent the node where the chain starts
    function _registerChain(
        ModelId parent,
        uint256 shape,
        uint256 version,
        Segment[] calldata segments,
        Step[] memory steps
    ) private returns (ModelId[] memory kept) {
        kept = new ModelId[](steps.length);
        uint256 count = 0;
        uint256 first = 0;
        for (uint256 i = 0; i < steps.length; ++i) {
            if (!segments[i].keep && i + 1 < steps.length) continue;
            kept[count] = _freshModel(segments[i].child, shape);
            _register(parent, kept[count], segments[i].child, shape, version, _part(steps, first, i + 1));
            parent = kept[count];
            ++count;
            first = i + 1;
        }
        assembly ("memory-safe") {
            mstore(kept, count)
        }
    }

    /// @dev Registers the child that the last of some steps led to.
    /// @param parent the node where the first of them starts
    /// @param child must be fresh
    function _register(
        ModelId parent,
        ModelId child,
        G1Point[] calldata commitment,
        uint256 shape,
        uint256 version,
        Step[] memory steps
    ) private {
        (uint256 number, uint256 depth) =
            _addChild(ModelId.unwrap(child), _sender(), version, ModelId.unwrap(parent));
        emit ModelRegistered(child, _sender(), Kind.Train, depth, shape, commitment);
        (Floors floors, uint256 schema) = _heritage(parent);
        uint256 leastData = type(uint8).max;
        for (uint256 i = 0; i < steps.length; ++i) {
            if (steps[i].shard.version < leastData) leastData = steps[i].shard.version;
            _announce(child, parent, steps[i].training, i);
            schema = _nextSchema(child, schema, steps[i].shard.schema);
        }
        floors = floors.with(FloorsLibrary.only(Statement.TRAIN, version));
        floors = floors.with(FloorsLibrary.only(Statement.DATA, leastData));
        _store(number, EdgeWordsLibrary.head(floors, schema), steps);
    }

    function _announce(ModelId child, ModelId parent, Training memory training, uint256 segment) private {
        emit Trained(
            child, parent, training.shard, training.learningRate, training.batch, training.passes, segment
        );
    }

    /// @dev A child goes by the shard that it was trained on, or by what came before where the shard has no schema.
    function _nextSchema(ModelId child, uint256 before, uint256 ofShard) private returns (uint256) {
        if (ofShard == 0 || ofShard == before) return before;
        if (before != 0) emit SchemaChanged(child, _schemaAt(before), _schemaAt(ofShard));
        return ofShard;
    }

    /// @param head the edge's first word, without trainings
    function _store(uint256 number, EdgeWord head, Step[] memory steps) private {
        uint256 count = steps.length;
        EdgeWord word = head.withSegments(count);
        uint256 index = 0;
        for (uint256 i = 0; i < count; ++i) {
            (uint256 place, uint256 shift) = EdgeWordsLibrary.place(i);
            if (place != index) {
                _setEdgeWord(number, index, word);
                (index, word) = (place, EdgeWord.wrap(0));
            }
            Training memory training = steps[i].training;
            PackedTraining packed = EdgeWordsLibrary.pack(
                steps[i].shard.number, training.learningRate, training.batch, training.passes
            );
            word = word.withTraining(packed, shift);
        }
        _setEdgeWord(number, index, word);
    }

    /// @dev One that exists.
    function _trainingAt(NodeHead head, uint256 segment) private view returns (Training memory) {
        (uint256 index, uint256 shift) = EdgeWordsLibrary.place(segment);
        (uint256 shard_, uint256 learningRate, uint256 batch, uint256 passes) =
            _edgeWordOf(head, index).trainingAt(shift).unpack();
        return Training(_shardAt(shard_), learningRate, batch, passes);
    }

    /// @dev The points of a training's claim. Parent and child have the same shape, so as many points.
    function _trainClaim(G1Point[] calldata parent, G1Point[] calldata child, G1Point[] calldata shard_)
        private
        pure
        returns (Claim memory claim)
    {
        if (child.length != parent.length) revert WrongPointCount(child.length, parent.length);
        claim.commitments = PointLists.withRoom(parent.length + child.length + shard_.length);
        uint256 next = PointLists.put(claim.commitments, 0, parent);
        next = PointLists.put(claim.commitments, next, child);
        PointLists.put(claim.commitments, next, shard_);
        claim.chunks = PointLists.countAt(0, parent.length) | PointLists.countAt(1, child.length)
            | PointLists.countAt(2, shard_.length);
    }

    function _segment(uint256 descriptor, Training memory training) private pure returns (uint256) {
        return Shape.packSegment(descriptor, training.learningRate, training.batch, training.passes);
    }

    function _setRates(Training memory training, uint256 learningRate, uint256 batch, uint256 passes) private pure {
        (training.learningRate, training.batch, training.passes) = (learningRate, batch, passes);
    }

    /// @dev The steps from `first` up to one before `end`.
    function _part(Step[] memory steps, uint256 first, uint256 end) private pure returns (Step[] memory part) {
        part = new Step[](end - first);
        for (uint256 i = first; i < end; ++i) {
            part[i - first] = steps[i];
        }
    }
}
