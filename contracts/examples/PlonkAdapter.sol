// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IForeignProgram} from "../interfaces/IForeignPrograms.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {G1Point} from "../interfaces/Proof.sol";
import {Curve} from "../libraries/Curve.sol";
import {ScalarField} from "../libraries/ScalarField.sol";

/// @title What snarkjs writes for a PLONK key with five public signals
interface IPlonkVerifier {
    /// @notice Whether a proof holds for public signals.
    function verifyProof(uint256[24] calldata proof, uint256[5] calldata signals) external view returns (bool);
}

/// @title Example: a foreign program whose statement snarkjs' PLONK proves
/// @notice The statement (examples/foreign/pruned.circom): the child has one parent, has its shape, and is the parent *pruned*: each
/// of its entries, weights and biases alike, is the parent's or zero, and at most `MOST_KEPT` are the parent's.
///
/// It does not say which entries were kept or by what rule, nor that the child is of any use. It says nothing of how the parent
/// came to be. It holds as far as the PLONK key can be trusted: whoever knows the secret of its powers can prove anything.
///
/// The circuit does not know commitments. It hashes the entries to a digest. Challenge and fold are then drawn from a hash of the
/// digest and of all that the proof is bound to. The circuit evaluates parent + fold * child + fold^2 * mask at the
/// challenge, and the same sum of the commitments is opened there against the registry's powers. A commitment to
/// other entries has that value with a probability of about 2^-235. The mask is random, so that the value tells nothing
/// of the entries.
contract PlonkAdapter is IForeignProgram, IERC165 {
    /// @notice A proof, in the order of its 35 words. All integers are below the scalar field's order.
    /// @param parent commitment, of one point
    /// @param child commitment, of one point
    /// @param mask commitment to the mask
    /// @param opening commitment to the quotient of the opening
    /// @param digest of the entries, salts and mask: the circuit's first signal
    /// @param kept how many entries may differ from zero: the second
    /// @param value at the challenge: the third
    /// @param plonk the proof as snarkjs encodes it
    struct PrunedProof {
        G1Point parent;
        G1Point child;
        G1Point mask;
        G1Point opening;
        uint256 digest;
        uint256 kept;
        uint256 value;
        uint256[24] plonk;
    }

    uint256 private constant PROOF_BYTES = 35 * 32;

    /// @notice The contract that checks proofs of the circuit.
    IPlonkVerifier public immutable VERIFIER;
    /// @notice The shape that parent and child have. Its commitments have one point and the circuit as many entries as it has.
    uint256 public immutable SHAPE;
    /// @notice The most entries that a child may keep.
    uint256 public immutable MOST_KEPT;

    /// @notice Thrown when a proof has not 35 words.
    error WrongProofLength(uint256 length);
    /// @notice Thrown when a child has not one parent.
    error NotOneParent(uint256 parents);
    /// @notice Thrown when a commitment of a proof is not the one of the model that is registered, or not of this shape.
    error OtherModel(bytes32 committed, bytes32 expected);
    /// @notice Thrown when a child keeps more entries than it may.
    error TooManyKept(uint256 kept, uint256 most);
    /// @notice Thrown when digest or value are not below the scalar field's order, or mask or opening are no points.
    error MalformedProof();
    /// @notice Thrown when the commitments do not open to the value at the challenge.
    error OpeningRejected();
    /// @notice Thrown when the PLONK proof does not hold for its signals.
    error PlonkRejected();

    constructor(IPlonkVerifier verifier, uint256 shape, uint256 mostKept) {
        (VERIFIER, SHAPE, MOST_KEPT) = (verifier, shape, mostKept);
    }

    /// @inheritdoc IForeignProgram
    function verify(
        address registry,
        address trainer,
        bytes32[] calldata parents,
        bytes32 child,
        bytes calldata proof
    ) external view returns (bytes4 magic) {
        if (proof.length != PROOF_BYTES) revert WrongProofLength(proof.length);
        if (parents.length != 1) revert NotOneParent(parents.length);
        PrunedProof calldata pruned = _proofAt(proof);
        _requireModel(pruned.parent, parents[0]);
        _requireModel(pruned.child, child);
        if (pruned.kept > MOST_KEPT) revert TooManyKept(pruned.kept, MOST_KEPT);
        bool wellFormed = pruned.digest < ScalarField.R && pruned.value < ScalarField.R
            && Curve.isPoint(pruned.mask.x, pruned.mask.y) && Curve.isPoint(pruned.opening.x, pruned.opening.y);
        if (!wellFormed) revert MalformedProof();

        // All that the proof is bound to. Another registry, trainer, parent or child has other challenges.
        bytes32 bound = keccak256(
            abi.encode(
                block.chainid,
                address(this),
                registry,
                trainer,
                parents[0],
                child,
                pruned.mask.x,
                pruned.mask.y,
                pruned.digest
            )
        );
        uint256 challenge = ScalarField.fromHash(bound);
        uint256 fold = ScalarField.fromHash(keccak256(abi.encode(bound)));
        _requireOpening(IModelRegistry(registry).srs().tau, pruned, challenge, fold);
        uint256[5] memory signals = [pruned.digest, pruned.kept, pruned.value, challenge, fold];
        if (!VERIFIER.verifyProof(pruned.plonk, signals)) revert PlonkRejected();
        return IForeignProgram.verify.selector;
    }

    /// @inheritdoc IForeignProgram
    function name() external pure returns (string memory) {
        return "pruned parent, PLONK of snarkjs";
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IForeignProgram).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /// @dev The words are read where they stand.
    function _proofAt(bytes calldata proof) private pure returns (PrunedProof calldata pruned) {
        assembly ("memory-safe") {
            pruned := proof.offset
        }
    }

    /// @dev The id of a model of one point: protocol, section 1.
    function _requireModel(G1Point calldata commitment, bytes32 expected) private view {
        bytes32 id = keccak256(abi.encode(commitment.x, commitment.y, SHAPE));
        if (id != expected) revert OtherModel(id, expected);
    }

    /// @dev e(sum - value G + challenge opening, G2) = e(opening, tau G2), sum = parent + fold child + fold^2 mask. The points of
    /// both models are on the curve, since the registry took them.
    function _requireOpening(
        uint256[4] memory tau,
        PrunedProof calldata pruned,
        uint256 challenge,
        uint256 fold
    ) private view {
        uint256[5] memory sum;
        (sum[0], sum[1]) = (pruned.parent.x, pruned.parent.y);
        Curve.addTimes(sum, pruned.child, fold);
        Curve.addTimes(sum, pruned.mask, mulmod(fold, fold, ScalarField.R));
        Curve.addTimes(sum, 1, 2, ScalarField.R - pruned.value);
        Curve.addTimes(sum, pruned.opening, challenge);
        bool opens = Curve.pairingIsOne(
            abi.encode(
                sum[0],
                sum[1],
                Curve.G2_X1,
                Curve.G2_X0,
                Curve.G2_Y1,
                Curve.G2_Y0,
                pruned.opening.x,
                Curve.P - pruned.opening.y,
                tau
            )
        );
        if (!opens) revert OpeningRejected();
    }
}
