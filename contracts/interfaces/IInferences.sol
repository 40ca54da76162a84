// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ModelId, ShardId} from "./Ids.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {G1Point, Proof} from "./Proof.sol";

/// @title Proved outputs of registered models
/// @notice A proof shows that a registered model gives these outputs on these inputs. `check` answers a contract that acts on them
/// in the same call; `record` keeps the fact for others, who ask `inferredBy`.
///
/// Inputs are public, a registered shard, or committed. Public ones are `inputs`: two bytes a value, the first byte highest,
/// two's complement, in units of 2^-9, row after row; of a network of pictures the pixels of a row by channel, line and column,
/// without what pads their sides to powers of two. A registered shard is named by `descriptor`. Committed inputs are neither: the
/// proof then shows that each is in [-64, 64), and nothing else of them is known.
///
/// Outputs are public in the same form, or committed where `outputs` is empty. They are those of the last layer, before softmax
/// or sigmoid: the class is the index of the largest. Each is in [-64, 64). Of other outputs there is no proof.
///
/// A proof says nothing of where inputs come from. A contract that acts on outputs should make the inputs itself, or know who
/// answers for them. Nor does it say that the model is good, or that whoever proved it ran it once only: of many inputs he
/// can show those that he likes.
interface IInferences {
    /// @notice The statement of an inference, without what is public of inputs and outputs.
    /// @param model commitment to a registered model
    /// @param shape of the model, canonical
    /// @param rows how many, 1 to 4096
    /// @param input commitment to the inputs
    /// @param descriptor of the registered shard that the inputs are; 0 where they are public or committed
    /// @param output commitment to the outputs
    /// @param point the challenge x of the proof, at which the circuit has what is public as polynomials
    struct InferenceClaim {
        G1Point[] model;
        uint256 shape;
        uint256 rows;
        G1Point[] input;
        uint256 descriptor;
        G1Point[] output;
        uint256 point;
    }

    /// @notice What was proved.
    /// @param model that was run
    /// @param inputs `publicId` of public inputs; the id of a registered shard; `committedId` of other inputs
    /// @param outputs `publicId` of public outputs; `committedId` of others
    struct Inference {
        ModelId model;
        bytes32 inputs;
        bytes32 outputs;
    }

    /// @notice An inference was proved that nobody had recorded before.
    /// @param inputs and outputs as in Inference
    event Inferred(
        ModelId indexed model, bytes32 indexed inputs, bytes32 indexed outputs, address prover, uint256 rows
    );

    /// @notice Thrown when there is no such model.
    error UnknownModel(ModelId id);
    /// @notice Thrown when there is no such shard.
    error UnknownShard(ShardId id);
    /// @notice Thrown when a shard has another number of inputs than the model.
    error InputsDiffer(uint256 model, uint256 shard);
    /// @notice Thrown when there are no rows, more than 4096, or not those of the shard.
    error WrongRows(uint256 rows, uint256 expected);
    /// @notice Thrown when inputs are said to be public and a registered shard at once.
    error InputsTwice(ShardId shard);
    /// @notice Thrown when public inputs or outputs have not two bytes for each value.
    error WrongValuesLength(uint256 length, uint256 expected);

    /// @notice Checks a proof. Reverts unless it holds, with the errors of IVerifiers where it is the proof that does not.
    /// @param prover whose proof it is: the statement names him, and who calls is of no matter
    /// @param inputs where they are public, else empty
    /// @param outputs where they are public, else empty
    function check(
        address prover,
        InferenceClaim calldata claim,
        bytes calldata inputs,
        bytes calldata outputs,
        Proof calldata proof
    ) external view returns (Inference memory);

    /// @notice As `check` of the caller's proof, and keeps who proved it, where nobody had before.
    function record(
        InferenceClaim calldata claim,
        bytes calldata inputs,
        bytes calldata outputs,
        Proof calldata proof
    ) external returns (Inference memory);

    /// @notice Who first recorded a proof that the model gives these outputs on these inputs; zero where nobody did.
    /// @param inputs and outputs as in Inference
    function inferredBy(ModelId model, bytes32 inputs, bytes32 outputs) external view returns (address);

    /// @notice The version of the key that accepted the recorded proof, as IVerifiers counts them; zero where nobody recorded one. Should
    /// a key turn out to be bad, readers can leave out what it accepted.
    function keyVersionOf(ModelId model, bytes32 inputs, bytes32 outputs) external view returns (uint256);

    /// @notice What names committed inputs or outputs: the hash of the commitment, of the values in a row and of the rows. Outputs of
    /// one inference can so be the committed inputs of another.
    function committedId(G1Point[] calldata commitment, uint256 width, uint256 rows) external pure returns (bytes32);

    /// @notice What names public inputs or outputs: keccak256(0x01 ++ values). It is the name of no commitment and of no shard, whatever
    /// the values are.
    function publicId(bytes calldata values) external pure returns (bytes32);

    /// @notice The registry whose models and shards these are.
    function registry() external view returns (IModelRegistry);
}
