// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {BountyBoard} from "../../../contracts/BountyBoard.sol";
import {Conditions} from "../../../contracts/Conditions.sol";
import {LineageReader} from "../../../contracts/LineageReader.sol";
import {Trainers} from "../../../contracts/Trainers.sol";
import {IBountyBoard} from "../../../contracts/interfaces/IBountyBoard.sol";
import {IConditions} from "../../../contracts/interfaces/IConditions.sol";
import {IDataAttestations} from "../../../contracts/interfaces/IDataAttestations.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {IScores} from "../../../contracts/interfaces/IScores.sol";
import {HostileToken} from "../../../contracts/mocks/HostileParties.sol";
import {MockScores} from "../../../contracts/mocks/MockScores.sol";
import {CHEATS, holds, within} from "./Cheats.sol";
import {Family} from "./Family.sol";

/// @dev What funders, sealers, hunters and strangers can do to the board, in any order. Calls that the board refuses are part of
/// the test: the refusal is caught and nothing may have moved.
contract BoardActor is Family {
    uint256 public constant BOUNTIES = 6;
    uint256 private constant CLAIM_TIME = 30 days;
    bytes32 private constant OPEN = "open";
    bytes32 private constant SEALED = "sealed";
    address private constant OUTSIDE = address(0xbeef);

    MockScores private _scores = new MockScores();
    Trainers private _trainers = new Trainers(address(0));
    BountyBoard public board;
    HostileToken private _token = new HostileToken();

    mapping(address token => uint256) public funded;
    mapping(address token => uint256) public withdrawn;
    /// @dev Times that a bounty went to a winner or back.
    mapping(uint256 id => uint256) public closed;
    /// @dev Times that it went to a model that did not qualify, or too late, or back too early.
    uint256 public wrongs;
    uint256 public wins;

    constructor() {
        uint256[5] memory weights = [uint256(3), 5, 1, 7, 2];
        build(weights);
        LineageReader reader = new LineageReader(IModelRegistry(address(lineage)));
        Conditions conditions = new Conditions(reader, IDataAttestations(address(0)));
        board = new BountyBoard(_scores, conditions, _trainers, address(0));
        _scores.setBoard(OPEN, IScores.Board(IScores.Measure.RowsRight, 5, block.timestamp, 0, 0));
        _scores.setBoard(SEALED, IScores.Board(IScores.Measure.None, 0, 0, block.timestamp + 20 days, 0));
    }

    function funder(uint256 index) public pure returns (address) {
        return address(uint160(0xf00d + index % 2));
    }

    function token(uint256 index) public view returns (address) {
        return index % 2 == 0 ? address(0) : address(_token);
    }

    function fund(uint96 any, uint256 who, uint256 terms_, uint256 duration, bool ether_) external {
        if (board.bountyCount() == BOUNTIES) return;
        uint256 amount = uint256(any) + 1;
        IBountyBoard.Terms memory terms;
        terms.benchmark = terms_ % 2 == 0 ? OPEN : SEALED;
        if (terms.benchmark == SEALED && _isOverdue()) return;
        terms.threshold = (terms_ >> 1) % 4;
        terms.deadline = block.timestamp + within(duration, 1, 40) * 1 days;
        terms.conditions.ancestor = bytes32((terms_ >> 8) % 3);
        terms.conditions.mostMerges = (terms_ >> 16) % 3;
        terms.conditions.undeclared = (terms_ >> 24) % 2 == 0;
        address from = funder(who);
        if (ether_) {
            CHEATS.deal(from, amount);
            CHEATS.prank(from);
            board.fund{value: amount}(terms);
        } else {
            _token.mint(from, amount);
            CHEATS.prank(from);
            board.fundToken(terms, address(_token), amount);
        }
        funded[ether_ ? address(0) : address(_token)] += amount;
    }

    function unseal() external {
        if (_scores.boardOf(SEALED).openedAt != 0) return;
        uint256 openBy = _scores.boardOf(SEALED).openBy;
        _scores.setBoard(SEALED, IScores.Board(IScores.Measure.RowsRight, 5, block.timestamp, openBy, 0));
    }

    function score(uint256 model, uint256 value, bool open) external {
        if (!open && _scores.boardOf(SEALED).openedAt == 0) return;
        IScores.Score memory result = IScores.Score(IScores.Measure.RowsRight, value % 5, 5);
        _scores.setScore(bytes32(within(model, 1, COUNT)), open ? OPEN : SEALED, result);
    }

    function claim(uint256 any, uint256 which) external {
        (uint256 id, bytes32 model) = (within(any, 1, BOUNTIES), bytes32(within(which, 1, COUNT)));
        IBountyBoard.Terms memory terms = board.bounty(id).terms;
        IConditions.Evidence memory nothing;
        try board.claim(id, model, nothing) {
            ++closed[id];
            ++wins;
            if (!_qualifies(id, model, terms)) ++wrongs;
        } catch {}
    }

    function refund(uint256 any) external {
        uint256 id = within(any, 1, BOUNTIES);
        try board.refund(id) {
            ++closed[id];
            if (block.timestamp <= _end(id)) ++wrongs;
        } catch {}
    }

    function handOver(uint256 who) external {
        address key = _trainers.keyOf(trainer(who));
        address next = address(uint160(key) + 0x1000);
        CHEATS.prank(key);
        _trainers.offerKey(trainer(who), next);
        CHEATS.prank(next);
        _trainers.acceptKey(trainer(who));
    }

    function withdraw(uint256 who, uint256 index) external {
        if (board.owed(trainer(who), token(index)) == 0) return;
        CHEATS.prank(_trainers.keyOf(trainer(who)));
        withdrawn[token(index)] += board.withdraw(trainer(who), token(index), OUTSIDE);
    }

    function withdrawFor(uint256 who, uint256 index) external {
        if (board.owed(trainer(who), token(index)) == 0) return;
        withdrawn[token(index)] += board.withdrawFor(trainer(who), token(index));
    }

    function withdrawRefund(uint256 who, uint256 index) external {
        if (board.refundOwed(funder(who), token(index)) == 0) return;
        CHEATS.prank(funder(who));
        withdrawn[token(index)] += board.withdrawRefund(token(index), OUTSIDE);
    }

    function wait_(uint256 time) external {
        CHEATS.warp(block.timestamp + time % 8 days);
    }

    /// @dev Open bounties and what trainers and funders are owed.
    function owed(address which) external view returns (uint256 sum) {
        for (uint256 i = 0; i < TRAINERS; ++i) {
            sum += board.owed(trainer(i), which);
        }
        sum += board.refundOwed(funder(0), which) + board.refundOwed(funder(1), which);
        uint256 count = board.bountyCount();
        for (uint256 id = 1; id <= count; ++id) {
            IBountyBoard.Bounty memory entry = board.bounty(id);
            if (entry.state == IBountyBoard.State.Open && entry.token == which) sum += entry.amount;
        }
    }

    function held(address which) external view returns (uint256) {
        return which == address(0) ? address(board).balance : _token.balanceOf(address(board));
    }

    function _isOverdue() private view returns (bool) {
        IScores.Board memory sealed_ = _scores.boardOf(SEALED);
        return sealed_.openedAt == 0 && sealed_.openBy <= block.timestamp;
    }

    /// @dev The last second of a bounty, told in other words than the board's.
    function _end(uint256 id) private view returns (uint256) {
        IBountyBoard.Bounty memory entry = board.bounty(id);
        IScores.Board memory sealed_ = _scores.boardOf(SEALED);
        uint256 opening = sealed_.openedAt > 0 ? sealed_.openedAt : sealed_.openBy;
        bool longer = entry.wasSealed && opening + CLAIM_TIME > entry.terms.deadline;
        return longer ? opening + CLAIM_TIME : entry.terms.deadline;
    }

    function _qualifies(uint256 id, bytes32 model, IBountyBoard.Terms memory terms) private view returns (bool) {
        IScores.Score memory result = _scores.scoreOf(model, terms.benchmark);
        if (block.timestamp > _end(id) || result.measure == IScores.Measure.None) return false;
        if (result.value < terms.threshold) return false;
        if (terms.conditions.undeclared && lineage.isDeclared(model)) return false;
        bytes32 ancestor = terms.conditions.ancestor;
        if (ancestor == 0) return true;
        uint256 merges = 0;
        for (; model != 0 && model != ancestor; model = lineage.node(model).parent) {
            if (lineage.parents(model).length > 1) ++merges;
        }
        return model == ancestor && merges <= terms.conditions.mostMerges;
    }
}

contract BountyBoardInvariantTest {
    BoardActor private _actor;

    function setUp() external {
        _actor = new BoardActor();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actor);
    }

    /// The actor gets everywhere: what the invariants watch does happen.
    function test_the_actor_wins_refunds_and_withdraws() external {
        // Open: from 3 rows on, any model. Of a token, sealed: the same.
        _actor.fund(99, 0, 6 + (1 << 24), 5, true);
        _actor.fund(49, 1, 7 + (1 << 24), 5, false);
        _actor.score(2, 3, true);
        _actor.claim(0, 2);
        holds(_actor.wins() == 1 && _actor.closed(1) == 1, "model 3 wins bounty 1");
        _actor.refund(1);
        holds(_actor.closed(2) == 0, "no refund before the deadline");
        for (uint256 i = 0; i < 3; ++i) {
            _actor.wait_(7 days);
        }
        _actor.refund(1);
        holds(_actor.closed(2) == 0, "no refund of what was sealed soon after the deadline");
        _actor.unseal();
        for (uint256 i = 0; i < 5; ++i) {
            _actor.wait_(7 days);
        }
        _actor.refund(1);
        holds(_actor.closed(2) == 1, "a refund afterwards");
        _actor.handOver(2);
        _actor.withdraw(2, 0);
        _actor.withdrawRefund(1, 1);
        holds(_actor.withdrawn(_actor.token(0)) == 100 && _actor.withdrawn(_actor.token(1)) == 50, "both are paid");
    }

    /// Sum paid out + sum owed = sum funded, and the board holds exactly what it owes.
    function invariant_money_is_conserved() external view {
        for (uint256 i = 0; i < 2; ++i) {
            address token = _actor.token(i);
            uint256 owed = _actor.owed(token);
            holds(owed + _actor.withdrawn(token) == _actor.funded(token), "paid + owed = funded");
            holds(_actor.held(token) == owed, "held = owed");
        }
    }

    /// A bounty goes to one winner or back, once, and only as its terms say.
    function invariant_a_bounty_is_closed_at_most_once_and_rightly() external view {
        holds(_actor.wrongs() == 0, "no bounty left the board against its terms");
        uint256 count = _actor.board().bountyCount();
        for (uint256 id = 1; id <= count; ++id) {
            IBountyBoard.State state = _actor.board().bounty(id).state;
            holds(_actor.closed(id) == (state == IBountyBoard.State.Open ? 0 : 1), "closed at most once");
        }
    }
}
