// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Proof, Srs} from "./Proof.sol";

/// @title The contract that checks proofs, and who may add to what it checks them against
/// @notice Registries hand it the statements that are made to them; it knows nothing of what they store.
///
/// @notice Programs have the numbers that `IModelRegistry.verifierOf` tells. A program's verifiers are numbered from 1; the
/// newest one checks new proofs, all stay on record. Nothing that an older one accepted is ever checked again or changed.
///
/// The owner can add verifiers and hand on or give up ownership. That is all: it has no power over nodes, edges, shards
/// and scores. But whoever adds a verifier decides what is accepted from then on, so `renounceOwnership` makes a registry
/// final, and a registry with an owner is worth as much as that owner's word and the record of VerifierAdded.
interface IVerifiers {
    /// @notice A verifier as it is stored. All fields are zero where there is none.
    /// @param codeHash keccak256 of its code when it was added; a proof is refused if the code is not the same any more
    struct VerifierRecord {
        address verifier;
        bytes32 codeHash;
    }

    /// @notice The contract stands. With dev keys anyone can forge proofs: such proofs show nothing.
    event VerifiersDeployed(bool devKeys, Srs srs);

    /// @notice From now on this verifier checks the program's proofs.
    event VerifierAdded(uint256 indexed program, uint256 indexed version, address verifier, bytes32 codeHash);

    /// @notice The owner has offered ownership, or withdrawn the offer (newOwner zero).
    event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner);

    /// @notice Ownership has changed hands, or is given up for good (newOwner zero).
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    /// @notice Thrown when development keys would be used on a chain that is not local, without saying that this is
    /// wanted.
    error DevKeysOffLocal(uint256 chainId);
    /// @notice Thrown when a verifier has no code.
    error VerifierWithoutCode(address verifier);
    /// @notice Thrown when the powers are no points of G2, or infinity.
    error UnusableSrs();
    /// @notice Thrown when a number is no program.
    error UnknownProgram(uint256 program);
    /// @notice Thrown when a program would have more than 255 verifiers.
    error TooManyVersions(uint256 program);
    /// @notice Thrown when somebody else than the owner would change something.
    error NotOwner(address caller);
    /// @notice Thrown when somebody accepts an ownership that was not offered to them.
    error NotPendingOwner(address caller);

    /// @notice Thrown when commitments are not 1 to 9 pairs of words.
    error MalformedCommitments(uint256 words);
    /// @notice Thrown when a point is infinity, not on the curve, or has a coordinate beyond its field.
    error InvalidPoint(uint256 x, uint256 y);
    /// @notice Thrown when an output of the circuit is r or more.
    error SignalNotInField(uint256 value);
    /// @notice Thrown when a verifier's code is not what it was when it was added.
    error VerifierChanged(uint256 program, uint256 version);
    /// @notice Thrown when the Groth16 proof does not hold for the statement, its sender, this chain and the contract
    /// it is made to.
    error ProofRejected(uint256 program);
    /// @notice Thrown when the commitments do not open to what the proof says.
    error OpeningRejected(uint256 program);

    /// @notice Checks a proof of a statement that is made to the calling contract by `prover`. Reverts unless it holds.
    /// @dev The caller decides which parameters and commitments are meaningful: shapes must be canonical, models and shards
    /// registered, `prover` the sender or somebody who signed.
    /// @param parameters the program's public parameters, in order
    /// @param extra further words that the statement binds and the circuit does not read: of data the schema, of a seed the
    /// request, of train the shard's descriptor, of an import source and schema
    /// @param commitments x and y of its commitments, in order, all finite; of a merge the child and the present parents
    /// @return version of the verifier that accepted
    function verify(
        address prover,
        uint256 program,
        uint256[] calldata parameters,
        uint256[] calldata extra,
        uint256[] calldata commitments,
        Proof calldata proof
    ) external view returns (uint256 version);

    /// @notice Whether proofs are checked against development keys, whose secrets are public.
    function devKeys() external view returns (bool);

    /// @notice The ceremony's powers that openings are checked against.
    function srs() external view returns (Srs memory);

    /// @notice The newest verifier of a program; zero for numbers that are no program.
    function verifierOf(uint256 program) external view returns (address);

    /// @notice How many verifiers a program has had; the newest has this version.
    function versionOf(uint256 program) external view returns (uint256);

    /// @notice A verifier of a program, from version 1 on; all zero where there is none.
    function verifierAt(uint256 program, uint256 version) external view returns (VerifierRecord memory);

    /// @notice Adds a verifier, which checks the program's proofs from now on. Only the owner; at most 255 a program.
    function addVerifier(uint256 program, address verifier) external;

    /// @notice Who may add verifiers; zero once given up.
    function owner() external view returns (address);

    /// @notice Who may accept ownership; zero unless it is offered.
    function pendingOwner() external view returns (address);

    /// @notice Offers ownership; it passes when accepted. Zero withdraws the offer.
    function transferOwnership(address newOwner) external;

    /// @notice Accepts ownership that was offered to the sender.
    function acceptOwnership() external;

    /// @notice Gives up ownership for good: no verifier can be added any more.
    function renounceOwnership() external;
}
