// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Relayed} from "../Relayed.sol";
import {ForeignPrograms} from "../ForeignPrograms.sol";
import {Networks} from "../Networks.sol";
import {IForeignPrograms} from "../interfaces/IForeignPrograms.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {INetworks} from "../interfaces/INetworks.sol";
import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {G1Point, Proof, Srs} from "../interfaces/Proof.sol";
import {Claims} from "../libraries/Claims.sol";
import {ModelParameters} from "../libraries/ModelParameters.sol";
import {Shape} from "../libraries/Shape.sol";
import {VerifierCall} from "../libraries/VerifierCall.sol";

/// @title Proven
/// @notice What every part of the registry needs: the contract that checks proofs, and numbers for schemas, so that shards and
/// nodes hold 32 bits in place of a word.
abstract contract Proven is IModelRegistry, Relayed {
    uint256 internal constant MAX_NUMBER = (1 << 32) - 1;

    IVerifiers private immutable VERIFIERS;
    INetworks internal immutable NETWORKS;
    IForeignPrograms internal immutable FOREIGN_PROGRAMS;

    mapping(bytes32 schema => uint256 number) private _schemaNumbers;
    mapping(uint256 number => bytes32 schema) private _schemas;
    uint256 private _schemaCount;

    constructor(IVerifiers verifiers_, address relay_) Relayed(relay_) {
        VERIFIERS = verifiers_;
        NETWORKS = new Networks();
        FOREIGN_PROGRAMS = new ForeignPrograms();
        emit RegistryDeployed(verifiers_, verifiers_.devKeys());
    }

    /// @inheritdoc IModelRegistry
    function verifiers() external view returns (IVerifiers) {
        return VERIFIERS;
    }

    /// @inheritdoc IModelRegistry
    function networks() external view returns (INetworks) {
        return NETWORKS;
    }

    /// @inheritdoc IModelRegistry
    function foreignPrograms() external view returns (IForeignPrograms) {
        return FOREIGN_PROGRAMS;
    }

    /// @inheritdoc IModelRegistry
    function devKeys() external view returns (bool) {
        return VERIFIERS.devKeys();
    }

    /// @inheritdoc IModelRegistry
    function srs() external view returns (Srs memory) {
        return VERIFIERS.srs();
    }

    /// @dev Rejects whatever is no shape of a model that circuits take.
    function _requireShape(uint256 shape) internal view {
        NETWORKS.requireShape(shape);
    }

    /// @dev A program's parameters, of which the first are of its model's shape.
    /// @param further how many follow, from `next` on
    function _parameters(uint256 shape, uint256 further)
        internal
        view
        returns (uint256[] memory parameters, uint256 next)
    {
        (parameters, next,) = ModelParameters.list(NETWORKS, shape, further);
    }

    /// @dev The same. Rejects a commitment that has not as many points as a model of this shape.
    function _parametersFor(uint256 points, uint256 shape, uint256 further)
        internal
        view
        returns (uint256[] memory parameters, uint256 next)
    {
        uint256 entries;
        (parameters, next, entries) = ModelParameters.list(NETWORKS, shape, further);
        Shape.requirePoints(points, entries == 0 ? Shape.perceptronEntries(shape) : entries);
    }

    /// @dev Checks a statement of whoever acts.
    /// @param claim encoded
    /// @return version of the key that accepted
    function _requireProof(uint256 program, bytes memory claim, Proof calldata proof)
        internal
        view
        returns (uint256 version)
    {
        return VerifierCall.verify(VERIFIERS, _sender(), program, claim, proof);
    }

    /// @dev Checks several statements of whoever acts. There must be a proof for each and one at least.
    function _requireProofs(uint256 program, bytes memory claims, Proof[] calldata proofs)
        internal
        view
        returns (uint256 version)
    {
        return VerifierCall.verifyMany(VERIFIERS, _sender(), program, claims, proofs);
    }

    /// @dev The claim of a program that speaks of one model or shard.
    function _claimOf(uint256[] memory parameters, uint256[] memory extra, G1Point[] calldata commitment)
        internal
        pure
        returns (bytes memory claim)
    {
        claim = Claims.begin();
        Claims.open(claim, parameters, extra, commitment.length, commitment.length);
        Claims.add(claim, commitment);
    }

    /// @dev The number of a schema, given to it where it has none. 0 for the schema 0, which says nothing.
    function _numberOfSchema(bytes32 schema) internal returns (uint256 number) {
        if (schema == 0) return 0;
        number = _schemaNumbers[schema];
        if (number != 0) return number;
        number = ++_schemaCount;
        if (number > MAX_NUMBER) revert TooManyRecords(number);
        _schemaNumbers[schema] = number;
        _schemas[number] = schema;
    }

    function _schemaAt(uint256 number) internal view returns (bytes32) {
        return _schemas[number];
    }

    function _words(uint256 word) internal pure returns (uint256[] memory words) {
        words = new uint256[](1);
        words[0] = word;
    }

    function _words(uint256 first, uint256 second) internal pure returns (uint256[] memory words) {
        words = new uint256[](2);
        words[0] = first;
        words[1] = second;
    }
}
