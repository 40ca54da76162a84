// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {IInferences} from "./interfaces/IInferences.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {INetworks} from "./interfaces/INetworks.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {ModelId, ShardId} from "./interfaces/Ids.sol";
import {G1Point, Proof} from "./interfaces/Proof.sol";
import {Claims} from "./libraries/Claims.sol";
import {Identity} from "./libraries/Identity.sol";
import {ModelParameters} from "./libraries/ModelParameters.sol";
import {Network} from "./libraries/Network.sol";
import {Shape} from "./libraries/Shape.sol";
import {Statement} from "./libraries/Statement.sol";
import {Values} from "./libraries/Values.sol";
import {VerifierCall} from "./libraries/VerifierCall.sol";

/// @title Inferences
/// @notice Proved outputs of the models of one registry. It has no owner.
contract Inferences is IInferences, Described {
    // form: | ranged | outputs are public | inputs are public | offset of X | rows - 1 |
    //             40                   39                  38            12          0
    uint256 private constant FORM_OFFSET = 12;
    uint256 private constant FORM_INPUTS = 1 << 38;
    uint256 private constant FORM_OUTPUTS = 1 << 39;
    uint256 private constant FORM_RANGED = 1 << 40;
    // What names a committed vector beside its points: no descriptor of a shard has bit 128.
    // | 1 | values in a row | rows |
    //  128               16      0
    uint256 private constant VECTOR = 1 << 128;
    uint256 private constant VECTOR_WIDTH = 16;

    /// @dev One word: | version 8 | prover 160 |. Zero: not recorded.
    struct Kept {
        address prover;
        uint8 version;
    }

    IModelRegistry private immutable REGISTRY;
    IVerifiers private immutable VERIFIERS;
    INetworks private immutable NETWORKS;

    mapping(ModelId model => mapping(bytes32 inputs => mapping(bytes32 outputs => Kept))) private _kept;

    /// @param registry_ whose models, shards, verifiers and judge of shapes these are
    constructor(IModelRegistry registry_) {
        REGISTRY = registry_;
        VERIFIERS = registry_.verifiers();
        NETWORKS = registry_.networks();
    }

    /// @inheritdoc IInferences
    function record(
        InferenceClaim calldata claim,
        bytes calldata inputs,
        bytes calldata outputs,
        Proof calldata proof
    ) external returns (Inference memory proved) {
        uint256 version;
        (proved, version) = _check(msg.sender, claim, inputs, outputs, proof);
        if (_kept[proved.model][proved.inputs][proved.outputs].prover != address(0)) return proved;
        _kept[proved.model][proved.inputs][proved.outputs] = Kept(msg.sender, uint8(version));
        emit Inferred(proved.model, proved.inputs, proved.outputs, msg.sender, claim.rows);
    }

    /// @inheritdoc IInferences
    function inferredBy(ModelId model, bytes32 inputs, bytes32 outputs) external view returns (address) {
        return _kept[model][inputs][outputs].prover;
    }

    /// @inheritdoc IInferences
    function keyVersionOf(ModelId model, bytes32 inputs, bytes32 outputs) external view returns (uint256) {
        return _kept[model][inputs][outputs].version;
    }

    /// @inheritdoc IInferences
    function registry() external view returns (IModelRegistry) {
        return REGISTRY;
    }

    /// @inheritdoc IInferences
    function check(
        address prover,
        InferenceClaim calldata claim,
        bytes calldata inputs,
        bytes calldata outputs,
        Proof calldata proof
    ) external view returns (Inference memory proved) {
        (proved,) = _check(prover, claim, inputs, outputs, proof);
    }

    /// @inheritdoc IInferences
    function committedId(G1Point[] calldata commitment, uint256 width, uint256 rows) public pure returns (bytes32) {
        return Identity.ofVector(commitment, VECTOR | (width << VECTOR_WIDTH) | rows);
    }

    /// @inheritdoc IInferences
    function publicId(bytes calldata values) public pure returns (bytes32) {
        return Values.id(values);
    }

    /// @dev As `check`. @return version of the key that accepted
    function _check(
        address prover,
        InferenceClaim calldata claim,
        bytes calldata inputs,
        bytes calldata outputs,
        Proof calldata proof
    ) private view returns (Inference memory proved, uint256 version) {
        proved.model = Identity.ofModel(claim.model, claim.shape);
        if (REGISTRY.kindOf(ModelId.unwrap(proved.model)) == ILineage.Kind.None) revert UnknownModel(proved.model);
        uint256 form;
        (proved.inputs, form) = _inputsOf(claim, inputs);
        uint256 width = Shape.modelOutputs(claim.shape);
        Shape.requirePoints(claim.output.length, Shape.vectorEntries(width, claim.rows));
        if (outputs.length == 0) {
            proved.outputs = committedId(claim.output, width, claim.rows);
        } else {
            proved.outputs = publicId(outputs);
            form |= FORM_OUTPUTS;
        }
        bytes memory statement = _statementOf(claim, form | (claim.rows - 1), inputs, outputs);
        uint256 program = Network.isNetwork(claim.shape) ? Statement.CONV_INFER : Statement.INFER;
        version = VerifierCall.verify(VERIFIERS, prover, program, statement, proof);
    }

    /// @dev What names the inputs, and what the form says of them. Checks all that is asked of them but the proof.
    function _inputsOf(InferenceClaim calldata claim, bytes calldata inputs)
        private
        view
        returns (bytes32 id, uint256 form)
    {
        uint256 width = Shape.modelInputs(claim.shape);
        if (claim.descriptor != 0) return _shardOf(claim, inputs, width);
        if (claim.rows == 0 || claim.rows > Shape.MAX_SIZE) revert WrongRows(claim.rows, Shape.MAX_SIZE);
        Shape.requirePoints(claim.input.length, Shape.vectorEntries(width, claim.rows));
        if (inputs.length != 0) return (publicId(inputs), FORM_INPUTS);
        return (committedId(claim.input, width, claim.rows), FORM_RANGED);
    }

    /// @dev The same of a registered shard, of which program data showed range and padding.
    function _shardOf(InferenceClaim calldata claim, bytes calldata inputs, uint256 width)
        private
        view
        returns (bytes32, uint256)
    {
        ShardId shard = Identity.ofShard(claim.input, claim.descriptor);
        if (inputs.length != 0) revert InputsTwice(shard);
        IModelRegistry.ShardRecord memory known = REGISTRY.shard(shard);
        if (known.owner == address(0)) revert UnknownShard(shard);
        if (known.inputs != width) revert InputsDiffer(width, known.inputs);
        if (known.rows != claim.rows) revert WrongRows(claim.rows, known.rows);
        return (ShardId.unwrap(shard), Shape.inputOffset(claim.descriptor) << FORM_OFFSET);
    }

    /// @dev What an inference proves. Model and shard are registered, so that each has as many points as it should.
    function _statementOf(InferenceClaim calldata claim, uint256 form, bytes calldata inputs, bytes calldata outputs)
        private
        view
        returns (bytes memory statement)
    {
        (uint256[] memory parameters, uint256 next,) = ModelParameters.list(NETWORKS, claim.shape, 4);
        uint256[] memory extra = new uint256[](3);
        (parameters[next], parameters[next + 1], extra[2]) = (form, claim.point, claim.descriptor);
        if (inputs.length != 0) {
            parameters[next + 2] = Values.evaluateInputs(inputs, claim.shape, claim.rows, claim.point);
            extra[0] = uint256(Values.hash(inputs));
        }
        if (outputs.length != 0) {
            parameters[next + 3] = Values.evaluateOutputs(outputs, claim.shape, claim.rows, claim.point);
            extra[1] = uint256(Values.hash(outputs));
        }
        (uint256 ofModel, uint256 ofInput, uint256 ofOutput) =
            (claim.model.length, claim.input.length, claim.output.length);
        uint256 chunks = ofModel | Claims.countAt(1, ofInput) | Claims.countAt(2, ofOutput);
        statement = Claims.begin();
        Claims.open(statement, parameters, extra, chunks, ofModel + ofInput + ofOutput);
        Claims.add(statement, claim.model);
        Claims.add(statement, claim.input);
        Claims.add(statement, claim.output);
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IInferences).interfaceId;
    }
}
