// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {ILineage} from "../interfaces/ILineage.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {DatasetId, ModelId, ShardId} from "../interfaces/Ids.sol";
import {G1Point, Proof, Srs} from "../interfaces/Proof.sol";
import {BlockHash} from "../libraries/BlockHash.sol";
import {Coefficients} from "../libraries/Coefficients.sol";
import {Groth16Call} from "../libraries/Groth16Call.sol";
import {Identity} from "../libraries/Identity.sol";
import {KzgOpening} from "../libraries/KzgOpening.sol";
import {NodeHead, NodeHeadLibrary} from "../libraries/NodeHead.sol";
import {NodeLine, NodeLineLibrary} from "../libraries/NodeLine.sol";
import {Shape} from "../libraries/Shape.sol";
import {Statement} from "../libraries/Statement.sol";

/// @title Test only: the libraries' internal functions, callable from outside
contract Harness {
    function packShape(uint16[] calldata widths) external pure returns (uint256) {
        return Shape.pack(widths);
    }

    function packShard(uint256 inputs, uint256 outputs, uint256 rows, IModelRegistry.ShardKind kind)
        external
        pure
        returns (uint256)
    {
        return Shape.packShard(inputs, outputs, rows, kind);
    }

    function packSegment(uint256 descriptor, uint256 learningRate, uint256 batch) external pure returns (uint256) {
        return Shape.packSegment(descriptor, learningRate, batch);
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

    function modelId(G1Point calldata commitment, uint256 shape) external pure returns (ModelId) {
        return Identity.ofModel(commitment, shape);
    }

    function shardId(G1Point calldata commitment, uint256 descriptor) external pure returns (ShardId) {
        return Identity.ofShard(commitment, descriptor);
    }

    function datasetId(ShardId[] calldata shardIds, string calldata uri) external pure returns (DatasetId) {
        return Identity.ofDataset(shardIds, uri);
    }

    function digest(address trainer, uint256 program, uint256[] calldata parameters, uint256[] calldata commitments)
        external
        view
        returns (uint256)
    {
        return Statement.digest(address(this), trainer, program, parameters, commitments);
    }

    function signals(uint256 h0, Proof calldata proof, uint256[] calldata parameters)
        external
        pure
        returns (uint256[] memory)
    {
        return Statement.signals(h0, proof, parameters);
    }

    function kappa(uint256[] calldata all, G1Point calldata opening) external pure returns (uint256) {
        return Statement.kappa(all, opening);
    }

    function accepts(address verifier, bytes4 selector, uint256[8] calldata proof, uint256[] calldata all)
        external
        view
        returns (bool accepted, uint256 gasUsed)
    {
        uint256[] memory copied = all;
        uint256 before = gasleft();
        accepted = Groth16Call.accepts(verifier, selector, proof, copied);
        gasUsed = before - gasleft();
    }

    function requirePoint(uint256 x, uint256 y) external pure {
        KzgOpening.requirePoint(x, y);
    }

    function holds(Srs calldata srs, uint256[] calldata commitments, Proof calldata proof, uint256 weight)
        external
        view
        returns (bool valid, uint256 gasUsed)
    {
        Srs memory powers = srs;
        uint256[] memory points = commitments;
        uint256 before = gasleft();
        valid = KzgOpening.holds(powers, points, proof, weight);
        gasUsed = before - gasleft();
    }

    function isUsable(Srs calldata srs) external view returns (bool) {
        return KzgOpening.isUsable(srs);
    }

    function head(address trainer, ILineage.Kind kind, uint256 number, bool declared, uint256 version)
        external
        view
        returns (address, ILineage.Kind, uint256, bool, uint256, uint256)
    {
        NodeHead made = NodeHeadLibrary.make(trainer, kind, number, declared, version);
        return (made.trainer(), made.kind(), made.number(), made.declared(), made.version(), made.timestamp());
    }

    function childLine(uint256 parent, NodeLine parentLine, NodeLine jumpLine, bool isMerge)
        external
        view
        returns (NodeLine)
    {
        return NodeLineLibrary.child(parent, parentLine, jumpLine, isMerge);
    }

    function packCoefficients(int24[][] calldata coefficients, uint256 layers, uint256 parents)
        external
        pure
        returns (uint256[4] memory words, uint256[] memory weights)
    {
        return Coefficients.pack(coefficients, layers, parents);
    }

    function modelLayers(uint256 shape) external pure returns (uint256) {
        return Shape.modelLayers(shape);
    }

    function blockHash(uint256 number) external view returns (bytes32) {
        return BlockHash.lookUp(number);
    }
}
