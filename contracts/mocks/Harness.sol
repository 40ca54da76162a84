// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILineage} from "../interfaces/ILineage.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {DatasetId, ModelId, ShardId} from "../interfaces/Ids.sol";
import {G1Point} from "../interfaces/Proof.sol";
import {BlockHash} from "../libraries/BlockHash.sol";
import {Coefficients} from "../libraries/Coefficients.sol";
import {Counts} from "../libraries/Counts.sol";
import {EdgeWord, EdgeWordsLibrary, PackedTraining} from "../libraries/EdgeWords.sol";
import {Floors} from "../libraries/Floors.sol";
import {Identity} from "../libraries/Identity.sol";
import {NodeHead, NodeHeadLibrary} from "../libraries/NodeHead.sol";
import {NodeLine, NodeLineLibrary} from "../libraries/NodeLine.sol";
import {Shape} from "../libraries/Shape.sol";
import {ShapeText} from "../libraries/ShapeText.sol";

/// @title Test only: internal functions of the registry's libraries, callable from outside
contract Harness {
    function requirePerceptron(uint256 shape) external pure {
        Shape.requirePerceptron(shape);
    }

    function shapeText(uint256 shape) external pure returns (string memory) {
        return ShapeText.text(shape);
    }

    function packShard(uint256 inputs, uint256 outputs, uint256 rows, IModelRegistry.ShardKind kind)
        external
        pure
        returns (uint256)
    {
        return Shape.packShard(inputs, outputs, rows, kind);
    }

    function packSegment(
        uint256 shape,
        uint256 descriptor,
        uint256 learningRate,
        uint256 batch,
        uint256 passes,
        uint256 smoothing
    ) external pure returns (uint256) {
        return Shape.packSegment(shape, descriptor, learningRate, batch, passes, smoothing);
    }

    function evaluateCounts(
        bytes calldata counts,
        IModelRegistry.ShardKind kind,
        uint256 outputs,
        uint256 rows,
        uint256 point
    ) external pure returns (uint256 value, uint256 sum) {
        return Counts.evaluate(counts, kind, outputs, rows, point);
    }

    function requireFit(uint256 shape, uint256 descriptor) external pure {
        Shape.requireFit(shape, descriptor);
    }

    function requirePerceptronPoints(uint256 points, uint256 shape) external pure {
        Shape.requirePoints(points, Shape.perceptronEntries(shape));
    }

    function requireShardPoints(uint256 points, uint256 descriptor) external pure {
        Shape.requireShardPoints(points, descriptor);
    }

    function modelWidths(uint256 shape) external pure returns (uint256 inputs, uint256 outputs) {
        return (Shape.modelInputs(shape), Shape.modelOutputs(shape));
    }

    function shardFields(uint256 descriptor)
        external
        pure
        returns (uint256 inputs, uint256 outputs, uint256 rows, IModelRegistry.ShardKind kind)
    {
        return (
            Shape.shardInputs(descriptor),
            Shape.shardOutputs(descriptor),
            Shape.shardRows(descriptor),
            Shape.shardKind(descriptor)
        );
    }

    function modelHead(uint256 shape) external pure returns (IModelRegistry.Head) {
        return Shape.modelHead(shape);
    }

    function headNumber(uint256 shape) external pure returns (uint256) {
        return Shape.headNumber(shape);
    }

    /// @dev What is stored of a descriptor, and the kind as it is read of that.
    function geometry(uint256 descriptor) external pure returns (uint40, IModelRegistry.ShardKind) {
        uint40 word = Shape.shardGeometry(descriptor);
        return (word, Shape.geometryKind(word));
    }

    function modelId(G1Point[] calldata commitment, uint256 shape) external pure returns (ModelId) {
        return Identity.ofModel(commitment, shape);
    }

    function shardId(G1Point[] calldata commitment, uint256 descriptor) external pure returns (ShardId) {
        return Identity.ofShard(commitment, descriptor);
    }

    function datasetId(address registrar, ShardId[] calldata shardIds, string calldata uri)
        external
        pure
        returns (DatasetId)
    {
        return Identity.ofDataset(registrar, shardIds, uri);
    }

    struct HeadRecord {
        address trainer;
        ILineage.Kind kind;
        uint256 number;
        bool declared;
        bool network;
        bool foreign;
        uint256 version;
        uint256 timestamp;
        uint256 stack;
    }

    function head(
        address trainer,
        ILineage.Kind kind,
        uint256 number,
        uint256 traits,
        uint256 version,
        uint256 stack
    ) external view returns (HeadRecord memory record) {
        NodeHead made = NodeHeadLibrary.make(trainer, kind, number, traits, version, stack);
        record.trainer = made.trainer();
        record.kind = made.kind();
        record.number = made.number();
        record.declared = made.declared();
        record.network = made.isNetwork();
        record.foreign = made.isForeign();
        record.version = made.version();
        record.timestamp = made.timestamp();
        record.stack = made.stack();
    }

    function childLine(uint256 parent, NodeLine parentLine, NodeLine jumpLine, bool isMerge)
        external
        view
        returns (NodeLine)
    {
        return NodeLineLibrary.child(parent, parentLine, jumpLine, isMerge, block.number);
    }

    /// @param circuitLayers of which the last ones are the model's
    function packCoefficients(int24[][] calldata coefficients, uint256 circuitLayers, uint256 layers, uint256 parents)
        external
        pure
        returns (uint256[] memory words, uint256[] memory weights)
    {
        words = new uint256[](1 + circuitLayers);
        weights = Coefficients.pack(words, 1, coefficients, layers, parents);
    }

    function modelLayers(uint256 shape) external pure returns (uint256) {
        return Shape.modelLayers(shape);
    }

    function blockHash(uint256 number) external view returns (bytes32) {
        return BlockHash.lookUp(number, BlockHash.isArbitrum());
    }

    function blockNumber() external view returns (uint256) {
        return BlockHash.current(BlockHash.isArbitrum());
    }

    function joinFloors(Floors a, Floors b) external pure returns (Floors) {
        return a.with(b);
    }

    /// @dev The first word of an edge, taken apart again.
    function edgeWord(Floors floors, uint256 schema, uint256 segments)
        external
        pure
        returns (Floors, uint256, uint256)
    {
        EdgeWord word = EdgeWordsLibrary.head(floors, schema).withSegments(segments);
        return (word.floors(), word.schema(), word.segments());
    }

    /// @dev Trainings in the places of the first so many segments, and what is read back of the last; of shard 0 there is none.
    /// @param alike whether all have the rate, batch, passes and smoothing of the last
    function lastTraining(
        uint256 shard,
        uint256 learningRate,
        uint256 batch,
        uint256 passes,
        uint256 smoothing,
        uint256 segments,
        bool alike
    ) external pure returns (uint256, uint256, uint256, uint256, uint256) {
        EdgeWord[] memory words = new EdgeWord[](1 + segments);
        PackedTraining packed = PackedTraining.wrap(0);
        if (shard != 0) packed = EdgeWordsLibrary.pack(shard, learningRate, batch, passes, smoothing);
        words[0] = EdgeWordsLibrary.head(Floors.wrap((1 << 48) - 1), (1 << 32) - 1).withSegments(segments);
        if (alike) words[0] = words[0].withCommon(packed);
        for (uint256 i = 0; i + 1 < segments; ++i) {
            (uint256 earlier, uint256 by) = EdgeWordsLibrary.place(i, alike);
            words[earlier] = words[earlier].withTraining(PackedTraining.wrap((1 << 64) - 1), by, alike);
        }
        (uint256 index, uint256 shift) = EdgeWordsLibrary.place(segments - 1, alike);
        words[index] = words[index].withTraining(packed, shift, alike);
        return words[index].trainingAt(shift, words[0]).unpack();
    }

    /// @dev Whether two trainings have the same rate, batch, passes and smoothing.
    function areLike(uint256[5] calldata one, uint256[5] calldata other) external pure returns (bool) {
        PackedTraining packed = EdgeWordsLibrary.pack(one[0], one[1], one[2], one[3], one[4]);
        return packed.isLike(EdgeWordsLibrary.pack(other[0], other[1], other[2], other[3], other[4]));
    }

    function floorOf(Floors floors, uint256 program) external pure returns (uint256) {
        return floors.lowest(program);
    }
}
