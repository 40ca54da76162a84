// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {Challenges, G1Point, Points, Proof} from "../interfaces/Proof.sol";
import {ScalarField} from "./ScalarField.sol";

/// @title What a proof is about, as the field elements that the circuits read
/// @notice The only place that knows the order of public signals: eta, gamma, theta, gamma2, z, e2, h_0 .. h_5 and the
/// program's parameters. Its twin is src/registry/statement.ts.
library Statement {
    using ScalarField for bytes32;

    bytes32 internal constant DOMAIN = keccak256("descent.statement.v2");

    uint256 internal constant DATA = 1;
    uint256 internal constant SEED = 2;
    uint256 internal constant TRAIN = 3;
    uint256 internal constant ROOT = 4;
    uint256 internal constant MERGE = 5;
    uint256 internal constant SCORE = 6;

    /// @dev Signals before the parameters: six outputs and h_0 .. h_5.
    uint256 private constant FIXED_SIGNALS = 12;
    /// @dev Position of h_5.
    uint256 private constant LAST_DIGEST = 11;

    /// @notice h_0: binds chain, registry, trainer, program, parameters and commitments.
    /// @param registry the contract that the statement is made to
    /// @param parameters the program's public parameters, in order, and behind them what only contracts and readers use
    /// @param commitments x and y of the commitments it speaks of, in order; (0, 0) for an absent parent
    function digest(
        address registry,
        address trainer,
        uint256 program,
        uint256[] memory parameters,
        uint256[] memory commitments
    ) internal view returns (uint256) {
        return keccak256(abi.encode(DOMAIN, block.chainid, registry, trainer, program, parameters, commitments))
            .fromHash();
    }

    /// @notice All public signals in the circuit's order, each below the field's order.
    /// @dev Reverts with SignalNotInField if a challenge is not. That parameters are is the Groth16 verifier's
    /// matter.
    function signals(uint256 h0, Proof calldata proof, uint256[] memory parameters)
        internal
        pure
        returns (uint256[] memory all)
    {
        Challenges calldata challenges = proof.challenges;
        ScalarField.requireCanonical(challenges);
        Points calldata points = proof.points;
        all = new uint256[](FIXED_SIGNALS + parameters.length);
        all[0] = challenges.eta;
        all[1] = challenges.gamma;
        all[2] = challenges.theta;
        all[3] = challenges.gamma2;
        all[4] = challenges.z;
        all[5] = challenges.e2;
        all[6] = h0;
        all[7] = _absorb(h0, points.trace);
        all[8] = _absorb(all[7], points.helper);
        all[9] = _absorb(all[8], points.rows);
        all[10] = _absorb(all[9], points.columns, points.quotient);
        all[11] = _absorb(all[10], points.columns2, points.quotient2);
        for (uint256 i = 0; i < parameters.length; ++i) {
            all[FIXED_SIGNALS + i] = parameters[i];
        }
    }

    /// @notice kappa, which joins the three opening equations: it comes after everything they contain.
    /// @return keccak256 of the words h_5, every signal, pi.x and pi.y, modulo r
    function kappa(uint256[] memory all, G1Point calldata opening) internal pure returns (uint256) {
        return keccak256(abi.encodePacked(all[LAST_DIGEST], all, opening.x, opening.y)).fromHash();
    }

    function _absorb(uint256 h, G1Point calldata point) private pure returns (uint256) {
        return keccak256(abi.encode(h, point.x, point.y)).fromHash();
    }

    function _absorb(uint256 h, G1Point calldata first, G1Point calldata second) private pure returns (uint256) {
        return keccak256(abi.encode(h, first.x, first.y, second.x, second.y)).fromHash();
    }
}
