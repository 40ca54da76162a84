// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {ModelId} from "./interfaces/Ids.sol";
import {G1Point, Proof} from "./interfaces/Proof.sol";
import {Claims} from "./libraries/Claims.sol";
import {EdgeWordsLibrary} from "./libraries/EdgeWords.sol";
import {Floors, FloorsLibrary} from "./libraries/Floors.sol";
import {Identity} from "./libraries/Identity.sol";
import {Network} from "./libraries/Network.sol";
import {NodeHeadLibrary} from "./libraries/NodeHead.sol";
import {Statement} from "./libraries/Statement.sol";
import {Proven} from "./registry/Proven.sol";
import {Seeds} from "./registry/Seeds.sol";
import {Trainings} from "./registry/Trainings.sol";

/// @title ModelRegistry
/// @notice What may be registered: imports, merges and foreign children here, the rest in registry/. What is proved is decided in libraries/, how
/// it is proved in circuits/.
contract ModelRegistry is Seeds, Trainings, Described {
    /// @dev The schema of a merge whose parents have different ones.
    bytes32 private constant MIXED_SCHEMA = keccak256("descent.schema.mixed");

    /// @dev 50 %, in 1/10,000.
    uint256 private constant MAX_SHARE = 5_000;

    mapping(uint256 number => uint256 program) private _foreignPrograms;

    /// @param verifiers_ checks proofs, here and on the scoreboard
    /// @param relay_ which carries what trainers signed
    constructor(IVerifiers verifiers_, address relay_) Proven(verifiers_, relay_) {}

    /// @inheritdoc IModelRegistry
    function importModel(
        uint256 shape,
        bytes32 source,
        bytes32 schema,
        G1Point[] calldata commitment,
        Proof calldata proof
    ) external returns (ModelId id) {
        uint256 keyVersion;
        (id, keyVersion) = _importable(shape, source, schema, commitment, proof);
        uint256 number = _addOrigin(
            ModelId.unwrap(id), _sender(), Kind.Import, keyVersion, NodeHeadLibrary.DECLARED | _traits(shape)
        );
        if (schema != 0) _setEdgeWord(number, 0, EdgeWordsLibrary.head(Floors.wrap(0), _numberOfSchema(schema)));
        emit ModelRegistered(id, _sender(), Kind.Import, 0, shape, commitment);
        emit Declared(id, source);
    }

    /// @inheritdoc IModelRegistry
    function merge(MergeEdge calldata edge, Proof calldata proof) external returns (ModelId) {
        return _merge(edge, msg.data[:0], proof);
    }

    /// @inheritdoc IModelRegistry
    function mergeSparsely(MergeEdge calldata edge, bytes calldata method, Proof calldata proof)
        external
        returns (ModelId child)
    {
        if (method.length == 0) revert WrongMethodLength(0);
        child = _merge(edge, method, proof);
        emit MergedSparsely(child, method);
    }

    /// @inheritdoc IModelRegistry
    function registerForeign(ForeignEdge calldata edge, Proof calldata proof) external returns (ModelId child) {
        bytes32 id = ModelId.unwrap(Identity.ofModel(edge.child, edge.shape));
        uint256 keyVersion;
        (child, keyVersion) = _importable(edge.shape, id, edge.schema, edge.child, proof);
        (bytes32[] memory parentIds, uint256[] memory weights, Floors floors) = _foreignParents(edge, keyVersion);
        FOREIGN_PROGRAMS.verify(edge.program, _sender(), parentIds, id, edge.foreignProof);

        (uint256 number, uint256 depth) =
            _addMerge(id, _sender(), Kind.Foreign, keyVersion, NodeHeadLibrary.FOREIGN, parentIds, weights);
        _foreignPrograms[number] = edge.program;
        _setEdgeWord(number, 0, EdgeWordsLibrary.head(floors, _numberOfSchema(edge.schema)));
        emit ModelRegistered(child, _sender(), Kind.Foreign, depth, edge.shape, edge.child);
        emit Foreign(child, edge.program, FOREIGN_PROGRAMS.adapterOf(edge.program), edge.parents);
    }

    /// @inheritdoc IModelRegistry
    function chooseShare(uint256 share) external {
        if (share > MAX_SHARE) revert ShareOutOfRange(share);
        _setShare(_sender(), share);
        emit ShareChosen(_sender(), share);
    }

    /// @inheritdoc IModelRegistry
    function foreignProgramOf(ModelId id) external view returns (uint256) {
        return _foreignPrograms[_headOf(ModelId.unwrap(id)).number()];
    }

    /// @dev Checks a merge and registers its child.
    /// @param method of a sparse merge, else empty
    function _merge(MergeEdge calldata edge, bytes calldata method, Proof calldata proof)
        private
        returns (ModelId child)
    {
        (uint256[] memory parameters, uint256[] memory weights) =
            NETWORKS.mergeParameters(edge.shape, edge.parents.length, edge.coefficients, method);
        // Parents that are registered have as many points as their shape has.
        uint256 points = edge.parents[0].length;
        if (edge.child.length != points) revert WrongPointCount(edge.child.length, points);
        ModelId[] memory parentIds = _knownParents(edge, weights);
        child = _freshModel(edge.child, edge.shape);
        (uint256 program, uint256 lane) = method.length == 0
            ? (Statement.ofShape(Statement.MERGE, edge.shape), Statement.MERGE)
            : (Statement.SPARSE_MERGE, FloorsLibrary.SPARSE);
        uint256 keyVersion = _requireProof(program, _mergeClaim(edge, parameters, method.length != 0), proof);
        (uint256 number, uint256 depth) =
            _addMerge(ModelId.unwrap(child), _sender(), Kind.Merge, keyVersion, 0, _unwrap(parentIds), weights);
        _inherit(number, parentIds, FloorsLibrary.only(lane, keyVersion));
        emit ModelRegistered(child, _sender(), Kind.Merge, depth, edge.shape, edge.child);
        emit Merged(child, parentIds[0], parentIds, edge.coefficients);
    }

    /// @dev Checks what is needed of a fresh model that was made elsewhere.
    /// @return id of it
    /// @return keyVersion of the key that accepted its proof
    function _importable(
        uint256 shape,
        bytes32 source,
        bytes32 schema,
        G1Point[] calldata commitment,
        Proof calldata proof
    ) private view returns (ModelId id, uint256 keyVersion) {
        _requireShape(shape);
        (uint256[] memory parameters,) = _parametersFor(commitment.length, shape, 0);
        id = _freshModel(commitment, shape);
        uint256[] memory extra = _words(uint256(source), uint256(schema));
        keyVersion =
            _requireProof(Statement.ofShape(Statement.IMPORT, shape), _claimOf(parameters, extra, commitment), proof);
    }

    /// @dev The parents of a foreign child. No more than their order and that they exist and differ is known of their parts.
    function _foreignParents(ForeignEdge calldata edge, uint256 keyVersion)
        private
        view
        returns (bytes32[] memory ids, uint256[] memory weights, Floors floors)
    {
        uint256 count = edge.parents.length;
        if (count == 0 || count > MAX_PARENTS) revert UnsupportedParents(count);
        (ids, weights) = (new bytes32[](count), new uint256[](count));
        floors = FloorsLibrary.only(Statement.IMPORT, keyVersion);
        for (uint256 i = 0; i < count; ++i) {
            ModelId parent = edge.parents[i];
            _requireModel(parent);
            ids[i] = ModelId.unwrap(parent);
            if (_headOf(ids[i]).isNetwork() != Network.isNetwork(edge.shape)) revert ParentOfOtherKind(parent);
            for (uint256 j = 0; j < i; ++j) {
                if (ids[j] == ids[i]) revert ParentTwice(parent);
            }
            weights[i] = 1;
            (Floors ofParent,) = _heritage(parent);
            floors = floors.with(ofParent);
        }
    }

    /// @dev Gives a merge the floors of all its parents and the one schema that they have, those without one aside; MIXED_SCHEMA
    /// where two differ.
    /// @param floors of its own proof
    function _inherit(uint256 number, ModelId[] memory parentIds, Floors floors) private {
        uint256 common = 0;
        bool mixed = false;
        for (uint256 i = 0; i < parentIds.length; ++i) {
            (Floors ofParent, uint256 schema) = _heritage(parentIds[i]);
            floors = floors.with(ofParent);
            if (common == 0) common = schema;
            else if (schema != 0 && schema != common) mixed = true;
        }
        if (mixed) common = _numberOfSchema(MIXED_SCHEMA);
        _setEdgeWord(number, 0, EdgeWordsLibrary.head(floors, common));
    }

    function _knownParents(MergeEdge calldata edge, uint256[] memory weights)
        private
        view
        returns (ModelId[] memory ids)
    {
        uint256 count = weights.length;
        ids = new ModelId[](count);
        for (uint256 i = 0; i < count; ++i) {
            ModelId id = Identity.ofModel(edge.parents[i], edge.shape);
            _requireModel(id);
            for (uint256 j = 0; j < i; ++j) {
                if (ids[j] == id) revert ParentTwice(id);
            }
            if (weights[i] == 0) revert ParentWithoutPart(id);
            ids[i] = id;
        }
    }

    /// @param withShape whether the shape is an extra word
    /// @return claim with the points of the child, then of the parents; absent ones have none
    function _mergeClaim(MergeEdge calldata edge, uint256[] memory parameters, bool withShape)
        private
        pure
        returns (bytes memory claim)
    {
        // All have the shape of the child, so as many points.
        uint256 points = edge.child.length;
        uint256 count = edge.parents.length;
        uint256 chunks = points;
        for (uint256 i = 1; i <= count; ++i) {
            chunks |= Claims.countAt(i, points);
        }
        uint256[] memory extra = new uint256[](withShape ? 1 : 0);
        if (withShape) extra[0] = edge.shape;
        claim = Claims.begin();
        Claims.open(claim, parameters, extra, chunks, points * (1 + count));
        Claims.add(claim, edge.child);
        for (uint256 i = 0; i < count; ++i) {
            Claims.add(claim, edge.parents[i]);
        }
    }

    /// @dev The same words under their plain type.
    function _unwrap(ModelId[] memory ids) private pure returns (bytes32[] memory words) {
        assembly ("memory-safe") {
            words := ids
        }
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IModelRegistry).interfaceId || interfaceId == type(ILineage).interfaceId;
    }
}
