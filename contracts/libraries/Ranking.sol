// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title A list of at most 32 entries, best first, one of each owner
/// @notice Entries stay in their slots; one word says in which order: byte p is 1 + the slot of place p, 0 behind the last.
/// So entering changes two words, whatever the place. Of equal values the earlier entered is ahead.
library Ranking {
    uint256 internal constant MAX_ENTRIES = 32;

    /// @dev An entry is | value 64 | number 32 | owner 160 |.
    struct Board {
        uint256 order;
        mapping(uint256 slot => uint256) entries;
    }

    uint256 private constant VALUE = 192;
    uint256 private constant NUMBER = 160;
    uint256 private constant NUMBER_MASK = (1 << 32) - 1;

    /// @notice Enters a value, in place of the same owner's entry if that is worse.
    /// @param owner not 0; who has one place on the board
    /// @param number below 2^32; what the value belongs to
    /// @param value below 2^64
    /// @param ascending whether less is better
    /// @param hint the slot that the owner had, if it ever had one
    /// @return place 1 is best, 0 if it is not among the best 32 or no better than what the owner has there
    /// @return slot of the entry; the hint if it did not get in
    function enter(
        Board storage board,
        address owner,
        uint256 number,
        uint256 value,
        bool ascending,
        uint256 hint
    ) internal returns (uint256 place, uint256 slot) {
        uint256 order = board.order;
        uint256 entries = _count(order);
        uint256 former = board.entries[hint];
        if (address(uint160(former)) == owner) {
            if (!isBetter(value, former >> VALUE, ascending)) return (0, hint);
            slot = hint;
            order = _remove(order, _placeOf(order, slot));
            --entries;
        } else if (entries < MAX_ENTRIES) {
            slot = entries;
        } else {
            slot = _slot(order, MAX_ENTRIES - 1);
            if (!isBetter(value, board.entries[slot] >> VALUE, ascending)) return (0, hint);
            order = _remove(order, MAX_ENTRIES - 1);
            --entries;
        }
        // The first place whose value is worse: all in [0, place) are at least as good, all in [worse, entries) worse.
        uint256 worse = entries;
        while (place < worse) {
            uint256 middle = (place + worse) / 2;
            if (isBetter(value, board.entries[_slot(order, middle)] >> VALUE, ascending)) worse = middle;
            else place = middle + 1;
        }
        board.entries[slot] = uint160(owner) | (number << NUMBER) | (value << VALUE);
        board.order = _insert(order, place, slot + 1);
        ++place;
    }

    /// @notice Whether a value is better than another.
    function isBetter(uint256 value, uint256 other, bool ascending) internal pure returns (bool) {
        return ascending ? value < other : value > other;
    }

    /// @notice How many entries there are.
    function count(Board storage board) internal view returns (uint256) {
        return _count(board.order);
    }

    /// @notice The number of the entry at a place. @param place from 0, below `count`
    function numberAt(Board storage board, uint256 place) internal view returns (uint256) {
        return (board.entries[_slot(board.order, place)] >> NUMBER) & NUMBER_MASK;
    }

    /// @dev The place of a slot that is in use.
    function _placeOf(uint256 order, uint256 slot) private pure returns (uint256 place) {
        while (_slot(order, place) != slot) ++place;
    }

    function _count(uint256 order) private pure returns (uint256 entries) {
        while (entries < MAX_ENTRIES && (order >> (8 * entries)) != 0) ++entries;
    }

    function _slot(uint256 order, uint256 place) private pure returns (uint256) {
        return ((order >> (8 * place)) & 0xff) - 1;
    }

    function _remove(uint256 order, uint256 place) private pure returns (uint256) {
        uint256 below = order & ((1 << (8 * place)) - 1);
        return below | ((order >> (8 * place + 8)) << (8 * place));
    }

    function _insert(uint256 order, uint256 place, uint256 entry) private pure returns (uint256) {
        uint256 below = order & ((1 << (8 * place)) - 1);
        return below | (entry << (8 * place)) | ((order >> (8 * place)) << (8 * place + 8));
    }
}
