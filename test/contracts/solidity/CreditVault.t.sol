// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {CreditVault} from "../../../contracts/CreditVault.sol";
import {Trainers} from "../../../contracts/Trainers.sol";
import {ILineage} from "../../../contracts/interfaces/ILineage.sol";
import {Book, Marker} from "../../../contracts/libraries/Books.sol";
import {LineageHarness} from "../../../contracts/mocks/LineageHarness.sol";
import {CHEATS, holds, within} from "./Cheats.sol";

/// @dev Properties of the arithmetic and of single payments, whatever the amounts and the shares.
contract CreditVaultFuzzTest {
    uint256 private constant WHOLE = 10_000;
    address private constant BASE = address(0xba5e);
    address private constant MALLORY = address(0xbad);

    LineageHarness private _lineage = new LineageHarness();
    CreditVault private _vault =
        new CreditVault(address(_lineage), address(new Trainers(address(0))), address(0));

    /// However often is claimed, an ancestor gets its part of all payments, rounded down once.
    function testFuzz_claims_in_pieces_give_what_one_gives(uint96[12] calldata amounts, uint256 share) external pure {
        share = within(share, 0, WHOLE);
        Marker marker;
        uint256 paid = 0;
        uint256 given = 0;
        for (uint256 i = 0; i < amounts.length; ++i) {
            paid += amounts[i];
            uint256 amount;
            uint256 passed;
            (marker, amount, passed) = marker.claimed(paid, share, share);
            holds(passed == 0, "nothing is passed on");
            given += amount;
        }
        holds(given == paid * share / WHOLE, "the part of the whole");
    }

    /// A share that is lowered between claims: each payment by the share of its claim, and no more than was registered.
    function testFuzz_lowering_between_claims_loses_no_unit(
        uint96[12] calldata amounts,
        uint16[12] calldata lowerings,
        uint256 registered
    ) external pure {
        registered = within(registered, 0, WHOLE);
        uint256 current = registered;
        Marker marker;
        uint256[3] memory sums; // paid, exact parts of both in 1/10,000
        uint256[2] memory given;
        for (uint256 i = 0; i < amounts.length; ++i) {
            if (current > 0) current = within(lowerings[i], 0, current);
            sums[0] += amounts[i];
            sums[1] += amounts[i] * current;
            sums[2] += amounts[i] * (registered - current);
            uint256 amount;
            uint256 passed;
            (marker, amount, passed) = marker.claimed(sums[0], registered, current);
            given[0] += amount;
            given[1] += passed;
        }
        holds(given[0] == sums[1] / WHOLE && given[1] == sums[2] / WHOLE, "parts are rounded down once");
        uint256 due = sums[0] * registered / WHOLE;
        holds(given[0] + given[1] <= due && due <= given[0] + given[1] + 1, "together no more than the share");
    }

    /// Whatever shares make up a stack, parts and rest stay within the payment, and less than a unit each is left.
    function testFuzz_parts_and_rest_stay_within_the_payment(uint128 amount, uint16[8] calldata shares) external pure {
        uint256 stack = 0;
        uint256 given = 0;
        for (uint256 i = 0; i < shares.length; ++i) {
            uint256 share = within(shares[i], 0, WHOLE - stack);
            stack += share;
            Marker marker;
            (, uint256 part,) = marker.claimed(amount, share, share);
            given += part;
        }
        Book book = Book.wrap(amount);
        given += book.uncollected(stack);
        holds(given <= amount && amount <= given + shares.length, "within the payment");
        holds(book.withAllCollected().uncollected(stack) == 0, "collected once");
    }

    /// Whatever is collected between payments, it comes to the same.
    function testFuzz_collections_in_pieces_give_what_one_gives(uint96[12] calldata amounts, uint256 others)
        external
        pure
    {
        others = within(others, 0, WHOLE);
        Book book;
        uint256 given = 0;
        for (uint256 i = 0; i < amounts.length; ++i) {
            book = book.withPayment(amounts[i]);
            given += book.uncollected(others);
            book = book.withAllCollected();
        }
        holds(given == book.paid() * (WHOLE - others) / WHOLE, "the rest of the whole");
    }

    /// Trains and merges of hostile trainers with any shares between base and model: 1 way, and its share of what is paid.
    function testFuzz_whatever_lies_between_the_base_gets_its_share(
        uint128 amount,
        uint256 share,
        uint16[6] calldata shares,
        uint8 kinds
    ) external {
        share = within(share, 1, 5_000);
        _choose(BASE, share);
        CHEATS.prank(BASE);
        _lineage.addOrigin(bytes32(uint256(1)), ILineage.Kind.Seed);
        bytes32[] memory steps = new bytes32[](2 * shares.length);
        uint256 length = 0;
        uint256 top = 1;
        uint256 next = 2;
        for (uint256 i = 0; i < shares.length; ++i) {
            // As much as can still be paid, or less; of a merge, its other parent has a share too.
            (,,, uint256 above) = _lineage.creditOf(bytes32(top));
            _choose(MALLORY, within(shares[i], 0, (WHOLE - above) / 2));
            if ((kinds >> i) & 1 == 0) {
                CHEATS.prank(MALLORY);
                _lineage.addChild(bytes32(next), bytes32(top));
            } else {
                CHEATS.prank(MALLORY);
                _lineage.addOrigin(bytes32(next), ILineage.Kind.Import);
                _merge(++next, next - 1, top, (kinds >> (i / 2)) & 1 == 0);
                length += 2;
                for (uint256 k = length; k > 2; --k) {
                    steps[k - 1] = steps[k - 3];
                }
                (steps[0], steps[1]) = (bytes32(next), bytes32(top));
            }
            top = next++;
        }
        assembly ("memory-safe") {
            mstore(steps, length)
        }
        if (amount == 0) return;
        CHEATS.deal(address(this), amount);
        _vault.pay{value: amount}(bytes32(top));
        uint256 got = _vault.claim(address(0), bytes32(uint256(1)), bytes32(top), steps);
        holds(got == amount * share / WHOLE, "the base's share of the whole payment");
        holds(_vault.credit(BASE, address(0)) == got, "as its credit");
    }

    function _choose(address trainer, uint256 share) private {
        CHEATS.prank(trainer);
        _lineage.chooseShare(share);
    }

    function _merge(uint256 id, uint256 first, uint256 second, bool foreign) private {
        bytes32[] memory parents = new bytes32[](2);
        uint256[] memory weights = new uint256[](2);
        (parents[0], parents[1], weights[0], weights[1]) = (bytes32(first), bytes32(second), 1 << 19, 1);
        CHEATS.prank(MALLORY);
        if (foreign) _lineage.addForeign(bytes32(id), parents);
        else _lineage.addMerge(bytes32(id), parents, weights);
    }
}
