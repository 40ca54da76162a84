// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {BountyBoard} from "../../../contracts/BountyBoard.sol";
import {IBountyBoard} from "../../../contracts/interfaces/IBountyBoard.sol";
import {IScores} from "../../../contracts/interfaces/IScores.sol";
import {HostileToken} from "../../../contracts/mocks/HostileParties.sol";
import {MockScores} from "../../../contracts/mocks/MockScores.sol";
import {CHEATS, holds, within} from "./Cheats.sol";
import {Family} from "./Family.sol";

/// @dev What funders, hunters and strangers can do to the board, in any order. Calls that the board refuses are part of
/// the test: the refusal is caught and nothing may have moved.
contract BoardActor is Family {
    uint256 public constant BOUNTIES = 6;
    bytes32 private constant BENCHMARK = "benchmark";

    MockScores private _scores = new MockScores();
    BountyBoard public board = new BountyBoard(address(lineage), address(_scores));
    HostileToken private _token = new HostileToken();

    mapping(address token => uint256) public funded;
    mapping(address token => uint256) public withdrawn;
    /// @dev Times that a bounty went to a winner or back.
    mapping(uint256 id => uint256) public closed;
    /// @dev Times that it went to a model that did not qualify, or after the deadline, or back before.
    uint256 public wrongs;
    uint256 public wins;

    constructor() {
        uint256[5] memory weights = [uint256(3), 5, 1, 7, 2];
        build(weights);
    }

    function funder(uint256 index) public pure returns (address) {
        return address(uint160(0xf00d + index % 2));
    }

    function token(uint256 index) public view returns (address) {
        return index % 2 == 0 ? address(0) : address(_token);
    }

    function fund(uint96 any, uint256 who, uint256 threshold, uint256 ancestor, uint256 duration, bool ether_) external {
        if (board.bountyCount() == BOUNTIES) return;
        uint256 amount = uint256(any) + 1;
        IBountyBoard.Terms memory terms = IBountyBoard.Terms({
            benchmark: BENCHMARK,
            threshold: threshold % 4,
            deadline: block.timestamp + within(duration, 1, 40),
            ancestor: bytes32(ancestor % 3)
        });
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

    function score(uint256 model, uint256 value) external {
        IScores.Score memory result = IScores.Score(IScores.Measure.RowsRight, value % 5, 5);
        _scores.setScore(bytes32(within(model, 1, COUNT)), BENCHMARK, result);
    }

    function claim(uint256 any, uint256 which) external {
        (uint256 id, bytes32 model) = (within(any, 1, BOUNTIES), bytes32(within(which, 1, COUNT)));
        IBountyBoard.Terms memory terms = board.bounty(id).terms;
        try board.claim(id, model, new bytes32[](0)) {
            ++closed[id];
            ++wins;
            IScores.Score memory result = _scores.scoreOf(model, BENCHMARK);
            bool right = block.timestamp <= terms.deadline && result.measure != IScores.Measure.None
                && result.value >= terms.threshold
                && (terms.ancestor == 0 || lineage.isAncestor(terms.ancestor, model));
            if (!right) ++wrongs;
        } catch {}
    }

    function refund(uint256 any) external {
        uint256 id = within(any, 1, BOUNTIES);
        try board.refund(id) {
            ++closed[id];
            if (block.timestamp <= board.bounty(id).terms.deadline) ++wrongs;
        } catch {}
    }

    function withdraw(uint256 who, bool hunter, uint256 index) external {
        address account = hunter ? trainer(who) : funder(who);
        if (board.owed(account, token(index)) == 0) return;
        CHEATS.prank(account);
        withdrawn[token(index)] += board.withdraw(token(index), address(0xbeef));
    }

    function wait_(uint256 time) external {
        CHEATS.warp(block.timestamp + time % 8);
    }

    /// @dev Open bounties and what accounts are owed.
    function owed(address which) external view returns (uint256 sum) {
        for (uint256 i = 0; i < TRAINERS; ++i) {
            sum += board.owed(trainer(i), which);
        }
        sum += board.owed(funder(0), which) + board.owed(funder(1), which);
        uint256 count = board.bountyCount();
        for (uint256 id = 1; id <= count; ++id) {
            IBountyBoard.Bounty memory entry = board.bounty(id);
            if (entry.state == IBountyBoard.State.Open && entry.token == which) sum += entry.amount;
        }
    }

    function held(address which) external view returns (uint256) {
        return which == address(0) ? address(board).balance : _token.balanceOf(address(board));
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
        _actor.fund(99, 0, 3, 1, 5, true);
        _actor.fund(49, 1, 3, 0, 5, false);
        _actor.score(2, 3);
        _actor.claim(0, 2);
        holds(_actor.wins() == 1 && _actor.closed(1) == 1, "model 3 wins bounty 1");
        _actor.refund(1);
        holds(_actor.closed(2) == 0, "no refund before the deadline");
        _actor.wait_(7);
        _actor.refund(1);
        holds(_actor.closed(2) == 1, "a refund afterwards");
        _actor.withdraw(2, true, 0);
        _actor.withdraw(1, false, 1);
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
