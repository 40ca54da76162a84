// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ModelId, ShardId} from "../interfaces/Ids.sol";
import {G1Point, Proof} from "../interfaces/Proof.sol";
import {EdgeWord, EdgeWordsLibrary} from "../libraries/EdgeWords.sol";
import {Floors} from "../libraries/Floors.sol";
import {Identity} from "../libraries/Identity.sol";
import {NodeHead} from "../libraries/NodeHead.sol";
import {Shape} from "../libraries/Shape.sol";
import {ShardHead} from "../libraries/ShardHead.sol";
import {Statement} from "../libraries/Statement.sol";
import {Step, StepLibrary} from "../libraries/Steps.sol";
import {TrainClaims} from "../libraries/TrainClaims.sol";
import {Models} from "./Models.sol";
import {Shards} from "./Shards.sol";

/// @title Trainings
/// @notice Edges of one or more segments. Of each segment the shard, the rate, the batch, the passes and the smoothing are
/// kept.
abstract contract Trainings is Models, Shards {
    /// @dev The segments of a transaction while it lasts, and the model that each leads to. Those of the edge that is registered
    /// next begin at `first` and stop before `end`.
    struct Chain {
        ShardId[] shards;
        Step[] steps;
        ModelId[] children;
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
        bytes memory claim =
            TrainClaims.one(edge.parent, edge.child, edge.shard, edge.shape, segment, edge.descriptor);
        uint256 version = _requireEncoded(Statement.TRAIN, claim, proof);
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
        Chain memory chain = _chainOf(parentId, shape, segments);
        uint256 version = _requireEncodedList(Statement.TRAIN, _claimsOf(parent, shape, segments), proofs);
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
        return Chain(new ShardId[](count), new Step[](count), new ModelId[](count), 0, count);
    }

    /// @dev The segments in order. Each must lead to another model than the one where it starts.
    function _chainOf(ModelId parent, uint256 shape, Segment[] calldata segments)
        private
        view
        returns (Chain memory chain)
    {
        chain = _room(segments.length);
        for (uint256 i = 0; i < segments.length; ++i) {
            Segment calldata segment = segments[i];
            (chain.shards[i], chain.steps[i]) = _step(
                shape,
                segment.shard,
                segment.descriptor,
                segment.learningRate,
                segment.batch,
                segment.passes,
                segment.smoothing
            );
            ModelId child = Identity.ofModel(segment.child, shape);
            if (child == parent) revert ModelExists(child);
            (chain.children[i], parent) = (child, child);
        }
    }

    /// @dev The claims of a chain: each one's parent is the child before.
    function _claimsOf(G1Point[] calldata parent, uint256 shape, Segment[] calldata segments)
        private
        pure
        returns (bytes memory claims)
    {
        claims = TrainClaims.list(segments.length);
        for (uint256 i = 0; i < segments.length; ++i) {
            Segment calldata segment = segments[i];
            uint256 descriptor = segment.descriptor;
            uint256 word = Shape.packSegment(
                shape, descriptor, segment.learningRate, segment.batch, segment.passes, segment.smoothing
            );
            TrainClaims.append(claims, i, parent, segment.child, segment.shard, shape, word, descriptor);
            parent = segment.child;
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
            ModelId child = chain.children[i];
            _requireFresh(child);
            chain.end = i + 1;
            _register(parent, child, segment.child, shape, version, chain);
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
        for (uint256 i = chain.first; i < chain.end; ++i) {
            Step step = chain.steps[i];
            _announce(child, parent, chain.shards[i], step, i - chain.first);
            floors = floors.withVersion(Statement.DATA, step.version());
            schema = _nextSchema(child, schema, step.schema());
        }
        _store(number, EdgeWordsLibrary.head(floors, schema), chain.steps, chain.first, chain.end);
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

    /// @param head the edge's first word, without trainings
    function _store(uint256 number, EdgeWord head, Step[] memory steps, uint256 first, uint256 end) private {
        EdgeWord word = head.withSegments(end - first);
        uint256 index = 0;
        for (uint256 i = first; i < end; ++i) {
            (uint256 place, uint256 shift) = EdgeWordsLibrary.place(i - first);
            if (place != index) {
                _setEdgeWord(number, index, word);
                (index, word) = (place, EdgeWord.wrap(0));
            }
            word = word.withTraining(steps[i].training(), shift);
        }
        _setEdgeWord(number, index, word);
    }

    /// @dev One that exists.
    function _trainingAt(NodeHead head, uint256 segment) private view returns (Training memory) {
        (uint256 index, uint256 shift) = EdgeWordsLibrary.place(segment);
        (uint256 shard_, uint256 learningRate, uint256 batch, uint256 passes, uint256 smoothing) =
            _edgeWordOf(head, index).trainingAt(shift).unpack();
        return Training(_shardAt(shard_), learningRate, batch, passes, smoothing);
    }
}
