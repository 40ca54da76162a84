// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ModelId, ShardId} from "../interfaces/Ids.sol";
import {G1Point, Proof} from "../interfaces/Proof.sol";
import {Claims} from "../libraries/Claims.sol";
import {EdgeWord, EdgeWordsLibrary, PackedTraining} from "../libraries/EdgeWords.sol";
import {Floors} from "../libraries/Floors.sol";
import {Identity} from "../libraries/Identity.sol";
import {NodeHead} from "../libraries/NodeHead.sol";
import {Shape} from "../libraries/Shape.sol";
import {ShardHead} from "../libraries/ShardHead.sol";
import {Statement} from "../libraries/Statement.sol";
import {Step, StepLibrary} from "../libraries/Steps.sol";
import {Models} from "./Models.sol";
import {Shards} from "./Shards.sol";

/// @title Trainings
/// @notice Edges of one or more segments. Of each segment the shard, the rate, the batch, the passes and the smoothing are
/// kept.
abstract contract Trainings is Models, Shards {
    /// @dev The segments of a transaction while it lasts. Those of the edge that is registered next begin at `first` and stop
    /// before `end`.
    struct Chain {
        ShardId[] shards;
        Step[] steps;
        uint256 first;
        uint256 end;
    }

    /// @inheritdoc IModelRegistry
    function train(TrainEdge calldata edge, Proof calldata proof) external returns (ModelId child) {
        ModelId parent = Identity.ofModel(edge.parent, edge.shape);
        _requireModel(parent);
        child = _freshModel(edge.child, edge.shape);
        Chain memory chain = _room(1);
        uint256 segment = Shape.packSegment(
            edge.shape, edge.descriptor, edge.learningRate, edge.batch, edge.passes, edge.smoothing
        );
        (chain.shards[0], chain.steps[0]) = _step(
            edge.shape, edge.shard, edge.descriptor, edge.learningRate, edge.batch, edge.passes, edge.smoothing
        );
        (uint256[] memory parameters,) = _parameters(edge.shape, 1);
        bytes memory claim = Claims.begin();
        Claims.addTraining(claim, parameters, segment, edge.descriptor, edge.parent, edge.child, edge.shard);
        uint256 version = _requireProof(Statement.ofShape(Statement.TRAIN, edge.shape), claim, proof);
        _register(parent, child, edge.child, edge.shape, version, chain);
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
        (Chain memory chain, bytes memory claims) = _chainOf(parentId, parent, shape, segments);
        uint256 version = _requireProofs(Statement.ofShape(Statement.TRAIN, shape), claims, proofs);
        return _registerChain(parentId, shape, version, segments, chain);
    }

    /// @inheritdoc IModelRegistry
    function trainingOf(ModelId id, uint256 segment) external view returns (Training memory) {
        NodeHead head = _headOf(ModelId.unwrap(id));
        if (segment >= _edgeWordOf(head, 0).segments()) return Training(ShardId.wrap(0), 0, 0, 0, 0);
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

    function _room(uint256 count) private pure returns (Chain memory) {
        return Chain(new ShardId[](count), new Step[](count), 0, count);
    }

    /// @dev The segments in order and their claims, encoded: each one's parent is the child before. Each must lead to
    /// another model than the one where it starts.
    function _chainOf(ModelId parentId, G1Point[] calldata parent, uint256 shape, Segment[] calldata segments)
        private
        view
        returns (Chain memory chain, bytes memory claims)
    {
        chain = _room(segments.length);
        (uint256[] memory parameters,) = _parameters(shape, 1);
        claims = Claims.beginList(segments.length);
        for (uint256 i = 0; i < segments.length; ++i) {
            Segment calldata segment = segments[i];
            (G1Point[] calldata shard_, G1Point[] calldata child) = (segment.shard, segment.child);
            uint256 descriptor = segment.descriptor;
            (uint256 learningRate, uint256 batch, uint256 passes, uint256 smoothing) =
                (segment.learningRate, segment.batch, segment.passes, segment.smoothing);
            (chain.shards[i], chain.steps[i]) =
                _step(shape, shard_, descriptor, learningRate, batch, passes, smoothing);
            uint256 word = Shape.packSegment(shape, descriptor, learningRate, batch, passes, smoothing);
            Claims.place(claims, i);
            Claims.addTraining(claims, parameters, word, descriptor, parent, child, shard_);
            ModelId childId = Identity.ofModel(child, shape);
            if (childId == parentId) revert ModelExists(childId);
            (parentId, parent) = (childId, child);
        }
    }

    /// @dev The shard of a segment, which must be registered and fit, and what is kept of both.
    function _step(
        uint256 shape,
        G1Point[] calldata shard_,
        uint256 descriptor,
        uint256 learningRate,
        uint256 batch,
        uint256 passes,
        uint256 smoothing
    ) private view returns (ShardId id, Step step) {
        id = Identity.ofShard(shard_, descriptor);
        ShardHead head = _knownShard(id);
        Shape.requireFit(shape, descriptor);
        step = StepLibrary.make(
            EdgeWordsLibrary.pack(head.number(), learningRate, batch, passes, smoothing), head.version(), head.schema()
        );
    }

    /// @dev Registers the children of a chain that are kept.
    /// @param parent the node where the chain starts
    function _registerChain(
        ModelId parent,
        uint256 shape,
        uint256 version,
        Segment[] calldata segments,
        Chain memory chain
    ) private returns (ModelId[] memory kept) {
        uint256 length = segments.length;
        kept = new ModelId[](length);
        uint256 count = 0;
        for (uint256 i = 0; i < length; ++i) {
            Segment calldata segment = segments[i];
            if (!segment.keep && i + 1 < length) continue;
            G1Point[] calldata commitment = segment.child;
            ModelId child = _freshModel(commitment, shape);
            chain.end = i + 1;
            _register(parent, child, commitment, shape, version, chain);
            (kept[count], parent, chain.first) = (child, child, i + 1);
            ++count;
        }
        assembly ("memory-safe") {
            mstore(kept, count)
        }
    }

    /// @dev Registers the child that the chain's next steps led to.
    /// @param parent the node where the first of them starts
    /// @param child must be fresh
    function _register(
        ModelId parent,
        ModelId child,
        G1Point[] calldata commitment,
        uint256 shape,
        uint256 version,
        Chain memory chain
    ) private {
        (uint256 number, uint256 depth) =
            _addChild(ModelId.unwrap(child), _sender(), version, ModelId.unwrap(parent));
        emit ModelRegistered(child, _sender(), Kind.Train, depth, shape, commitment);
        (Floors floors, uint256 schema) = _heritage(parent);
        floors = floors.withVersion(Statement.TRAIN, version);
        (uint256 first, uint256 end) = (chain.first, chain.end);
        PackedTraining training = chain.steps[first].training();
        bool alike = true;
        for (uint256 i = first; i < end; ++i) {
            Step step = chain.steps[i];
            if (!step.training().isLike(training)) alike = false;
            _announce(child, parent, chain.shards[i], step, i - first);
            floors = floors.withVersion(Statement.DATA, step.version());
            schema = _nextSchema(child, schema, step.schema());
        }
        EdgeWord word = EdgeWordsLibrary.head(floors, schema).withSegments(end - first);
        _store(number, alike ? word.withCommon(training) : word, chain.steps, first, end);
    }

    function _announce(ModelId child, ModelId parent, ShardId shard_, Step step, uint256 segment) private {
        (, uint256 learningRate, uint256 batch, uint256 passes, uint256 smoothing) = step.training().unpack();
        emit Trained(child, parent, shard_, learningRate, batch, passes, smoothing, segment);
    }

    /// @dev A child goes by the shard that it was trained on, or by what came before where the shard has no schema.
    function _nextSchema(ModelId child, uint256 before, uint256 ofShard) private returns (uint256) {
        if (ofShard == 0 || ofShard == before) return before;
        if (before != 0) emit SchemaChanged(child, _schemaAt(before), _schemaAt(ofShard));
        return ofShard;
    }

    /// @param word the edge's first, without trainings
    function _store(uint256 number, EdgeWord word, Step[] memory steps, uint256 first, uint256 end) private {
        bool alike = word.areAlike();
        uint256 index = 0;
        for (uint256 i = first; i < end; ++i) {
            (uint256 place, uint256 shift) = EdgeWordsLibrary.place(i - first, alike);
            if (place != index) {
                _setEdgeWord(number, index, word);
                (index, word) = (place, EdgeWord.wrap(0));
            }
            word = word.withTraining(steps[i].training(), shift, alike);
        }
        _setEdgeWord(number, index, word);
    }

    /// @dev One that exists.
    function _trainingAt(NodeHead head, uint256 segment) private view returns (Training memory) {
        EdgeWord first = _edgeWordOf(head, 0);
        (uint256 index, uint256 shift) = EdgeWordsLibrary.place(segment, first.areAlike());
        (uint256 shard_, uint256 learningRate, uint256 batch, uint256 passes, uint256 smoothing) =
            _edgeWordOf(head, index).trainingAt(shift, first).unpack();
        return Training(_shardAt(shard_), learningRate, batch, passes, smoothing);
    }
}
