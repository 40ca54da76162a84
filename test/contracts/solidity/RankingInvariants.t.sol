// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {RankingHarness} from "../../../contracts/mocks/RankingHarness.sol";
import {holds, within} from "./Cheats.sol";

/// @dev Enters results of 80 models of 40 owners on a board where more is better and on one where less is, as the scoreboard does:
/// a model's only where it is better than its best.
contract RankingActor {
    uint256 public constant MODELS = 80;
    uint256 public constant OWNERS = 40;

    RankingHarness[2] public boards = [new RankingHarness(), new RankingHarness()];
    /// @dev Each model's best result on each board, and each owner's: what it is, whose, and when it was entered, 0 if never.
    mapping(uint256 board => mapping(uint256 model => uint256)) public bestOfModel;
    mapping(uint256 board => mapping(uint256 model => bool)) public isEntered;
    mapping(uint256 board => mapping(uint256 owner => uint256)) public best;
    mapping(uint256 board => mapping(uint256 owner => uint256)) public model;
    mapping(uint256 board => mapping(uint256 owner => uint256)) public entered;
    mapping(uint256 board => uint256) public owners;
    uint256 private _clock;
    /// @dev Times that `enter` said another place than where the model then stood.
    uint256 public wrongs;

    function enter(uint256 any, uint256 value, bool ascending) external {
        uint256 board = ascending ? 1 : 0;
        uint256 number = within(any, 1, MODELS);
        value = value % 64;
        if (isEntered[board][number] && !better(board, value, bestOfModel[board][number])) return;
        (isEntered[board][number], bestOfModel[board][number]) = (true, value);
        uint256 owner = ownerOf(number);
        if (entered[board][owner] == 0) ++owners[board];
        bool improves = entered[board][owner] == 0 || better(board, value, best[board][owner]);
        if (improves) {
            (best[board][owner], model[board][owner], entered[board][owner]) = (value, number, ++_clock);
        }
        uint256 place = boards[board].enter(address(uint160(owner)), number, value, ascending);
        uint256[] memory numbers = boards[board].numbers();
        uint256 found = 0;
        for (uint256 i = 0; i < numbers.length; ++i) {
            if (numbers[i] == number) found = i + 1;
        }
        // A model that is no better than its owner's best says no place, and it has none.
        if (found != place || (place != 0 && !improves)) ++wrongs;
    }

    /// @dev Best first; of equal results the one that was entered earlier.
    function sorted(uint256 board) external view returns (bool) {
        uint256[] memory numbers = boards[board].numbers();
        for (uint256 i = 1; i < numbers.length; ++i) {
            (uint256 ahead, uint256 behind) = (ownerOf(numbers[i - 1]), ownerOf(numbers[i]));
            (uint256 one, uint256 other) = (best[board][ahead], best[board][behind]);
            bool earlier = entered[board][ahead] < entered[board][behind];
            if (!better(board, one, other) && !(one == other && earlier)) return false;
        }
        return true;
    }

    /// @dev All owners up to 32, each once and by its best model; who is not there is no better than the last.
    function complete(uint256 board) external view returns (bool) {
        uint256[] memory numbers = boards[board].numbers();
        if (numbers.length != (owners[board] < 32 ? owners[board] : 32)) return false;
        if (numbers.length == 0) return true;
        bool[] memory listed = new bool[](OWNERS + 1);
        for (uint256 i = 0; i < numbers.length; ++i) {
            uint256 owner = ownerOf(numbers[i]);
            if (listed[owner] || model[board][owner] != numbers[i]) return false;
            listed[owner] = true;
        }
        uint256 last = best[board][ownerOf(numbers[numbers.length - 1])];
        for (uint256 owner = 1; owner <= OWNERS; ++owner) {
            if (!listed[owner] && entered[board][owner] != 0 && better(board, best[board][owner], last)) return false;
        }
        return true;
    }

    function ownerOf(uint256 number) public pure returns (uint256) {
        return 1 + number % OWNERS;
    }

    function better(uint256 board, uint256 value, uint256 other) public pure returns (bool) {
        return board == 1 ? value < other : value > other;
    }
}

contract RankingInvariantTest {
    RankingActor private _actor;

    function setUp() external {
        _actor = new RankingActor();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actor);
    }

    /// The actor fills a board and pushes owners out: what the invariants watch does happen.
    function test_the_actor_overfills_a_board() external {
        for (uint256 i = 0; i < 40; ++i) {
            _actor.enter(i, i, false);
        }
        holds(_actor.owners(0) == 40 && _actor.boards(0).numbers().length == 32, "40 owners, 32 places");
        holds(_actor.boards(0).numbers()[0] == 40 && _actor.sorted(0) && _actor.complete(0), "the best ahead");
    }

    /// Models of one owner take one place.
    function test_the_actor_enters_two_models_of_one_owner() external {
        _actor.enter(2, 7, false);
        _actor.enter(42, 9, false);
        holds(_actor.owners(0) == 1 && _actor.boards(0).numbers().length == 1, "one owner, one place");
        holds(_actor.boards(0).numbers()[0] == 43, "the better model");
    }

    function invariant_the_leaderboard_is_sorted() external view {
        holds(_actor.wrongs() == 0, "places are what enter said");
        holds(_actor.sorted(0) && _actor.sorted(1), "best first, of equals the earlier");
    }

    function invariant_the_leaderboard_is_complete() external view {
        holds(_actor.complete(0) && _actor.complete(1), "all owners up to 32 by their best, nobody better is missing");
    }
}
