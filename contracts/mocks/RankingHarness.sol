// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Ranking} from "../libraries/Ranking.sol";

/// @title Test only: a leaderboard of numbers
contract RankingHarness {
    Ranking.Board private _board;
    mapping(uint256 number => uint256) private _slots;

    function enter(uint256 number, uint256 value, bool ascending) external returns (uint256 place) {
        (place, _slots[number]) = Ranking.enter(_board, number, value, ascending, _slots[number]);
    }

    function numbers() external view returns (uint256[] memory list) {
        list = new uint256[](Ranking.count(_board));
        for (uint256 place = 0; place < list.length; ++place) {
            list[place] = Ranking.numberAt(_board, place);
        }
    }
}
