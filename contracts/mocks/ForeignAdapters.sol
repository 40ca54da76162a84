// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IForeignProgram} from "../interfaces/IForeignPrograms.sol";

/// @title Test only: accepts exactly what it was told to expect, from whom and for whom
contract ExpectingAdapter is IForeignProgram {
    enum Refusal {
        OtherMagic,
        OwnError,
        NoAnswer,
        OutOfGas
    }

    error NotProved(bytes32 child);

    /// @inheritdoc IForeignProgram
    string public name;
    Refusal private _refusal;
    mapping(bytes32 call => bool) private _expected;

    constructor(string memory name_) {
        name = name_;
    }

    /// @notice Accepts this from now on.
    function expect(
        address asker,
        address registry,
        address trainer,
        bytes32[] calldata parents,
        bytes32 child,
        bytes calldata proof
    ) external {
        _expected[_hash(asker, registry, trainer, parents, child, proof)] = true;
    }

    /// @notice How it refuses from now on: with another word unless it is told.
    function refuseBy(Refusal refusal) external {
        _refusal = refusal;
    }

    /// @inheritdoc IForeignProgram
    function verify(
        address registry,
        address trainer,
        bytes32[] calldata parents,
        bytes32 child,
        bytes calldata proof
    ) external view returns (bytes4) {
        if (_expected[_hash(msg.sender, registry, trainer, parents, child, proof)]) {
            return IForeignProgram.verify.selector;
        }
        if (_refusal == Refusal.OwnError) revert NotProved(child);
        if (_refusal == Refusal.OutOfGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (_refusal == Refusal.NoAnswer) {
            assembly ("memory-safe") {
                return(0, 0)
            }
        }
        return 0xffffffff;
    }

    function _hash(
        address asker,
        address registry,
        address trainer,
        bytes32[] calldata parents,
        bytes32 child,
        bytes calldata proof
    ) private pure returns (bytes32) {
        return keccak256(abi.encode(asker, registry, trainer, parents, child, proof));
    }
}
