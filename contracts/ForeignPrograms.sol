// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {IForeignProgram, IForeignPrograms} from "./interfaces/IForeignPrograms.sol";

/// @title ForeignPrograms
/// @notice No owner: anyone adds, nobody removes.
contract ForeignPrograms is IForeignPrograms, Described {
    /// @dev Ids below are for programs of this project.
    uint256 private constant FIRST = 1 << 16;
    uint256 private constant MAX_NAME = 64;

    mapping(uint256 program => address) private _adapters;
    mapping(address adapter => uint256) private _programs;
    uint256 private _count;

    /// @inheritdoc IForeignPrograms
    function add(address adapter) external returns (uint256 program) {
        if (adapter.code.length == 0) revert NoAdapter(adapter);
        if (_programs[adapter] != 0) revert AdapterExists(_programs[adapter], adapter);
        string memory name = IForeignProgram(adapter).name();
        if (bytes(name).length > MAX_NAME) revert ProgramNameTooLong(bytes(name).length);
        program = FIRST + _count;
        ++_count;
        _adapters[program] = adapter;
        _programs[adapter] = program;
        emit ForeignProgramAdded(program, adapter, msg.sender, name);
    }

    /// @inheritdoc IForeignPrograms
    function verify(
        uint256 program,
        address trainer,
        bytes32[] calldata parents,
        bytes32 child,
        bytes calldata proof
    ) external view {
        address adapter = _adapters[program];
        if (adapter == address(0)) revert UnknownForeignProgram(program);
        bytes4 magic = IForeignProgram(adapter).verify(msg.sender, trainer, parents, child, proof);
        if (magic != IForeignProgram.verify.selector) revert ForeignProofRejected(program);
    }

    /// @inheritdoc IForeignPrograms
    function adapterOf(uint256 program) external view returns (address) {
        return _adapters[program];
    }

    /// @inheritdoc IForeignPrograms
    function programOf(address adapter) external view returns (uint256) {
        return _programs[adapter];
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IForeignPrograms).interfaceId;
    }
}
