// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Ranking} from "../libraries/Ranking.sol";

/// @title Test only: a leaderboard of numbers
contract RankingHarness {
    Ranking.Board private _board;
    mapping(address owner => uint256) private _slots;

    function enter(address owner, uint256 number, uint256 value, bool ascending) external returns (uint256 place) {
        (place, _slots[owner]) = Ranking.enter(_board, owner, number, value, ascending, _slots[owner]);
    }

    function numbers() external view returns (uint256[] memory list) {
        list = new uint256[](Ranking.count(_board));
        for (uint256 place = 0; place < list.length; ++place) {
            list[place] = Ranking.numberAt(_board, place);
        }
    }
}
