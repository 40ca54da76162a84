// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {Curve} from "./Curve.sol";

/// @title Groth16 verification keys of three public signals, as data
/// @notice 18 words: alpha in G1 (2), beta and delta in G2 (4 each), IC_0 .. IC_3 in G1 (8). A key is written once, as the
/// code of a contract that begins with a zero byte: calling it does nothing, and it can neither change nor vanish.
library VerificationKey {
    /// @dev Bytes of the words, and of the code that holds them.
    uint256 private constant SIZE = 0x240;
    uint256 private constant CODE_SIZE = 0x241;
    /// @dev Init code that returns what follows it: push2 0x241, dup1, push1 10, push0, codecopy, push0, return; then the
    /// zero byte.
    uint256 private constant INIT = 0x61024180600a5f395ff300;
    /// @dev Gas to create the contract: 32,000, and 200 a byte.
    uint256 private constant WRITING = 160_000;

    uint256 private constant INPUTS = 10;

    /// @notice Whether all points are finite points of their groups, beta, gamma and delta different up to their signs.
    /// @dev Where two of them are equal or opposite anyone can forge proofs. A ceremony to which nobody contributed has such.
    function isUsable(uint256[18] memory key) internal view returns (bool) {
        if (!Curve.isPoint(key[0], key[1])) return false;
        for (uint256 k = 0; k < 4; ++k) {
            (uint256 x, uint256 y) = input(key, k);
            if (!Curve.isPoint(x, y)) return false;
        }
        if (key[2] == Curve.G2_X1 && key[3] == Curve.G2_X0) return false;
        if (key[6] == Curve.G2_X1 && key[7] == Curve.G2_X0) return false;
        if (key[2] == key[6] && key[3] == key[7]) return false;
        uint256[4][] memory points = new uint256[4][](2);
        (points[0], points[1]) = (beta(key), delta(key));
        return Curve.areG2Points(points);
    }

    function hash(uint256[18] memory key) internal pure returns (bytes32) {
        return keccak256(abi.encode(key));
    }

    /// @notice Puts a key on the chain. @return pointer the contract whose code it is
    function write(uint256[18] memory key) internal returns (address pointer) {
        bytes memory code = abi.encodePacked(bytes11(uint88(INIT)), key);
        uint256 left = gasleft();
        if (left < WRITING) revert IVerifiers.NotEnoughGas(WRITING, left);
        assembly ("memory-safe") {
            pointer := create(0, add(code, 0x20), mload(code))
        }
        assert(pointer.code.length == CODE_SIZE);
    }

    /// @notice The key that `write` put there; all zero for an address without code.
    function read(address pointer) internal view returns (uint256[18] memory key) {
        assembly ("memory-safe") {
            extcodecopy(pointer, key, 1, SIZE)
        }
    }

    function beta(uint256[18] memory key) internal pure returns (uint256[4] memory) {
        return [key[2], key[3], key[4], key[5]];
    }

    function delta(uint256[18] memory key) internal pure returns (uint256[4] memory) {
        return [key[6], key[7], key[8], key[9]];
    }

    /// @notice IC_k
    function input(uint256[18] memory key, uint256 k) internal pure returns (uint256 x, uint256 y) {
        return (key[INPUTS + 2 * k], key[INPUTS + 2 * k + 1]);
    }
}
