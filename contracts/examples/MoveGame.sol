// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IInferences} from "../interfaces/IInferences.sol";
import {ModelId} from "../interfaces/Ids.sol";
import {Proof} from "../interfaces/Proof.sol";
import {Int16s} from "./Int16s.sol";

/// @title Example: tic-tac-toe against a registered network
/// @notice A person plays crosses and begins. The other side is played by nobody: the contract takes the empty cell for which the
/// registered network gives the greatest output, the first of equals, and anybody may bring the proof. It shows a board as
/// nine inputs, 1 for a nought, -1 for a cross, 0 for an empty cell. The network may play badly; it cannot be played for.
contract MoveGame {
    uint256 private constant CELLS = 9;
    int16 private constant ONE = 512;

    enum State {
        None,
        Person,
        Network,
        PersonWon,
        NetworkWon,
        Drawn
    }

    struct Game {
        address person;
        State state;
        int8[9] cells;
    }

    IInferences private immutable INFERENCES;
    bytes32 public immutable MODEL;
    Game[] private _games;

    event Began(uint256 indexed game, address indexed person);
    event Moved(uint256 indexed game, uint256 cell, State state);

    error NotYourTurn(uint256 game);
    error NotEmpty(uint256 cell);
    error AnotherModel(bytes32 model);

    /// @param model with nine inputs and nine outputs, registered
    constructor(IInferences inferences, bytes32 model) {
        (INFERENCES, MODEL) = (inferences, model);
    }

    /// @notice Begins a game with a cross.
    function begin(uint256 cell) external returns (uint256 game) {
        game = _games.length;
        _games.push();
        (_games[game].person, _games[game].state) = (msg.sender, State.Person);
        emit Began(game, msg.sender);
        _move(game, cell, -1);
    }

    /// @notice A further cross. Only the person who began.
    function move(uint256 game, uint256 cell) external {
        if (_games[game].person != msg.sender || _games[game].state != State.Person) revert NotYourTurn(game);
        _move(game, cell, -1);
    }

    /// @notice The network's move, whoever brings its proof.
    function answer(
        uint256 game,
        address prover,
        IInferences.InferenceClaim calldata claim,
        bytes calldata outputs,
        Proof calldata proof
    ) external {
        if (_games[game].state != State.Network) revert NotYourTurn(game);
        bytes32 used = ModelId.unwrap(INFERENCES.check(prover, claim, inputs(game), outputs, proof).model);
        if (used != MODEL) revert AnotherModel(used);
        uint256 best = CELLS;
        for (uint256 k = 0; k < CELLS; ++k) {
            if (_games[game].cells[k] != 0) continue;
            if (best == CELLS || Int16s.at(outputs, k) > Int16s.at(outputs, best)) best = k;
        }
        _move(game, best, 1);
    }

    /// @notice What the network is to be run on.
    function inputs(uint256 game) public view returns (bytes memory) {
        int16[] memory values = new int16[](CELLS);
        for (uint256 k = 0; k < CELLS; ++k) {
            values[k] = ONE * _games[game].cells[k];
        }
        return Int16s.pack(values);
    }

    function stateOf(uint256 game) external view returns (State, int8[9] memory) {
        return (_games[game].state, _games[game].cells);
    }

    function _move(uint256 game, uint256 cell, int8 mark) private {
        if (cell >= CELLS || _games[game].cells[cell] != 0) revert NotEmpty(cell);
        _games[game].cells[cell] = mark;
        State state = mark == 1 ? State.Person : State.Network;
        if (_wins(game, mark)) state = mark == 1 ? State.NetworkWon : State.PersonWon;
        else if (_isFull(game)) state = State.Drawn;
        _games[game].state = state;
        emit Moved(game, cell, state);
    }

    function _wins(uint256 game, int8 mark) private view returns (bool) {
        int8[9] memory cells = _games[game].cells;
        uint16[8] memory lines = [0x012, 0x345, 0x678, 0x036, 0x147, 0x258, 0x048, 0x246];
        for (uint256 k = 0; k < 8; ++k) {
            uint256 line = lines[k];
            if (cells[line >> 8] == mark && cells[(line >> 4) & 15] == mark && cells[line & 15] == mark) return true;
        }
        return false;
    }

    function _isFull(uint256 game) private view returns (bool) {
        for (uint256 k = 0; k < CELLS; ++k) {
            if (_games[game].cells[k] == 0) return false;
        }
        return true;
    }
}
