// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {RankingHarness} from "../../../contracts/mocks/RankingHarness.sol";
import {holds, within} from "./Cheats.sol";

/// @dev Enters results of 40 models on a board where more is better and on one where less is, as the scoreboard does: a
/// model's only where it is better than its best.
contract RankingActor {
    uint256 public constant MODELS = 40;

    RankingHarness[2] public boards = [new RankingHarness(), new RankingHarness()];
    /// @dev A model's best result on each board, and when it was entered: 0 if never.
    mapping(uint256 board => mapping(uint256 model => uint256)) public best;
    mapping(uint256 board => mapping(uint256 model => uint256)) public entered;
    mapping(uint256 board => uint256) public models;
    uint256 private _clock;
    /// @dev Times that `enter` said another place than where the model then stood.
    uint256 public wrongs;

    function enter(uint256 any, uint256 value, bool ascending) external {
        uint256 board = ascending ? 1 : 0;
        uint256 model = within(any, 1, MODELS);
        value = value % 64;
        if (entered[board][model] != 0 && !better(board, value, best[board][model])) return;
        if (entered[board][model] == 0) ++models[board];
        (best[board][model], entered[board][model]) = (value, ++_clock);
        uint256 place = boards[board].enter(model, value, ascending);
        uint256[] memory numbers = boards[board].numbers();
        uint256 found = 0;
        for (uint256 i = 0; i < numbers.length; ++i) {
            if (numbers[i] == model) found = i + 1;
        }
        if (found != place) ++wrongs;
    }

    /// @dev Best first; of equal results the one that was entered earlier.
    function sorted(uint256 board) external view returns (bool) {
        uint256[] memory numbers = boards[board].numbers();
        for (uint256 i = 1; i < numbers.length; ++i) {
            (uint256 one, uint256 other) = (best[board][numbers[i - 1]], best[board][numbers[i]]);
            bool earlier = entered[board][numbers[i - 1]] < entered[board][numbers[i]];
            if (!better(board, one, other) && !(one == other && earlier)) return false;
        }
        return true;
    }

    /// @dev All models up to 32, each once; who is not there is no better than the last.
    function complete(uint256 board) external view returns (bool) {
        uint256[] memory numbers = boards[board].numbers();
        if (numbers.length != (models[board] < 32 ? models[board] : 32)) return false;
        if (numbers.length == 0) return true;
        bool[] memory listed = new bool[](MODELS + 1);
        for (uint256 i = 0; i < numbers.length; ++i) {
            if (listed[numbers[i]]) return false;
            listed[numbers[i]] = true;
        }
        uint256 last = best[board][numbers[numbers.length - 1]];
        for (uint256 model = 1; model <= MODELS; ++model) {
            if (!listed[model] && entered[board][model] != 0 && better(board, best[board][model], last)) return false;
        }
        return true;
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

    /// The actor fills a board and pushes models out: what the invariants watch does happen.
    function test_the_actor_overfills_a_board() external {
        for (uint256 i = 0; i < 40; ++i) {
            _actor.enter(i, i, false);
        }
        holds(_actor.models(0) == 40 && _actor.boards(0).numbers().length == 32, "40 models, 32 places");
        holds(_actor.boards(0).numbers()[0] == 40 && _actor.sorted(0) && _actor.complete(0), "the best ahead");
    }

    function invariant_the_leaderboard_is_sorted() external view {
        holds(_actor.wrongs() == 0, "places are what enter said");
        holds(_actor.sorted(0) && _actor.sorted(1), "best first, of equals the earlier");
    }

    function invariant_the_leaderboard_is_complete() external view {
        holds(_actor.complete(0) && _actor.complete(1), "all models up to 32, nobody better is missing");
    }
}
