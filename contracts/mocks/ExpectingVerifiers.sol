// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {Claim, Proof, Srs} from "../interfaces/Proof.sol";

/// @title Test only: accepts exactly the claims and proofs that it was told to expect, from whom and by whom
/// @dev For tests of contracts that ask IVerifiers: any word of what they hand over shows.
contract ExpectingVerifiers {
    mapping(uint256 program => uint256 version) private _versions;
    mapping(uint256 round => mapping(bytes32 call => bool)) private _expected;
    uint256 private _round;

    /// @notice Accepts a statement to `asker` from now on.
    function expect(address asker, address prover, uint256 program, Claim calldata claim, Proof calldata proof) external {
        _expected[_round][_hash(asker, prover, program, claim, proof)] = true;
    }

    /// @notice Forgets what it was told to expect.
    function forget() external {
        ++_round;
    }

    /// @notice The version with which the program's proofs are accepted from now on; 1 until then.
    function setVersion(uint256 program, uint256 version) external {
        _versions[program] = version;
    }

    function verify(address prover, uint256 program, Claim calldata claim, Proof calldata proof)
        external
        view
        returns (uint256)
    {
        _requireExpected(prover, program, claim, proof);
        return versionOf(program);
    }

    function verifyMany(address prover, uint256 program, Claim[] calldata claims, Proof[] calldata proofs)
        external
        view
        returns (uint256)
    {
        if (proofs.length == 0 || claims.length != proofs.length) {
            revert IVerifiers.WrongProofCount(claims.length, proofs.length);
        }
        for (uint256 i = 0; i < claims.length; ++i) {
            _requireExpected(prover, program, claims[i], proofs[i]);
        }
        return versionOf(program);
    }

    function versionOf(uint256 program) public view returns (uint256) {
        return _versions[program] == 0 ? 1 : _versions[program];
    }

    function devKeys() external pure returns (bool) {
        return true;
    }

    function srs() external pure returns (Srs memory powers) {
        (powers.tau[0], powers.tauC[1]) = (1, 2);
    }

    function _requireExpected(address prover, uint256 program, Claim calldata claim, Proof calldata proof) private view {
        if (!_expected[_round][_hash(msg.sender, prover, program, claim, proof)]) revert IVerifiers.ProofRejected(program);
    }

    function _hash(address asker, address prover, uint256 program, Claim calldata claim, Proof calldata proof)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(asker, prover, program, claim, proof));
    }
}
