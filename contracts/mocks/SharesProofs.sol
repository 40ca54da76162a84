// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Shares} from "../libraries/Shares.sol";

// Nobody reads why something is required, as nothing runs.
// solhint-disable reason-string, gas-custom-errors

/// @title Test only: what holds for the arithmetic of credit, whatever the amounts and shares
/// @notice Never run. solc's SMTChecker proves each `assert`, with z3 (test/contracts/sharesProofs.test.ts). `require` says what callers
/// keep to, or repeats what another function here proves: products are `multiply`'s matter, so that no proof needs to find them.
contract SharesProofs {
    /// @dev A part and what is left are exactly what was there, and nothing wrapped around.
    function partIsExact(uint128 delta, uint256 share, uint256 fraction) external pure {
        require(share <= Shares.WHOLE && fraction < Shares.WHOLE);
        (uint256 amount, uint256 left) = Shares.part(delta, share, fraction);
        assert(left < Shares.WHOLE);
        assert(amount * Shares.WHOLE + left == delta * share + fraction);
    }

    /// @dev Claims after two payments give together what one claim after both gives, and leave as much: nothing is gained or lost
    /// by claiming often. Amounts and what is left are equal since `divideOneWay`.
    function partsAddUp(uint128 first, uint128 second, uint256 share, uint256 fraction) external pure {
        require(share <= Shares.WHOLE && fraction < Shares.WHOLE);
        require((uint256(first) + second) * share == uint256(first) * share + uint256(second) * share);
        (uint256 a, uint256 between) = Shares.part(first, share, fraction);
        (uint256 b, uint256 left) = Shares.part(second, share, between);
        (uint256 both, uint256 leftOfBoth) = Shares.part(uint256(first) + second, share, fraction);
        assert((a + b) * Shares.WHOLE + left == both * Shares.WHOLE + leftOfBoth);
    }

    /// @dev A sum is so many wholes and so much beside in one way only.
    function divideOneWay(uint136 a, uint256 left, uint136 b, uint256 beside) external pure {
        require(left < Shares.WHOLE && beside < Shares.WHOLE);
        require(uint256(a) * Shares.WHOLE + left == uint256(b) * Shares.WHOLE + beside);
        assert(a == b && left == beside);
    }

    /// @dev An ancestor's part is never more than the payment.
    function partIsAPart(uint128 delta, uint256 share) external pure {
        require(share <= Shares.WHOLE);
        (uint256 amount,) = Shares.part(delta, share, 0);
        assert(amount <= delta);
    }

    /// @dev Two ways are never owed more than one way of both shares, and at most one unit less: by induction, all ways no more
    /// than their stack. The same holds of a share that was lowered and the difference.
    function waysStayWithinTheStack(uint128 paid, uint256 stack, uint256 share) external pure {
        require(stack <= Shares.WHOLE && share <= Shares.WHOLE - stack);
        require(paid * (stack + share) == paid * stack + paid * share);
        (uint256 owed,) = Shares.part(paid, stack, 0);
        (uint256 more,) = Shares.part(paid, share, 0);
        (uint256 both,) = Shares.part(paid, stack + share, 0);
        assert(owed + more <= both);
        assert(both <= owed + more + 1);
    }

    /// @dev What all ancestors are owed and the rest are never more than the payment, and at most one unit less.
    function restAndOwedStayWithinThePayment(uint128 paid, uint256 others) external pure {
        require(others <= Shares.WHOLE);
        (uint256 owed,) = Shares.part(paid, others, 0);
        uint256 rest = Shares.rest(paid, others);
        assert(rest + owed <= paid);
        assert(paid <= rest + owed + 1);
    }

    /// @dev The rest never falls when more is paid, so that what was collected is never more than it.
    function restNeverFalls(uint128 before, uint128 more, uint256 others) external pure {
        require(others <= Shares.WHOLE);
        uint256 share = Shares.WHOLE - others;
        require((uint256(before) + more) * share == uint256(before) * share + uint256(more) * share);
        assert(Shares.rest(before, others) <= Shares.rest(uint256(before) + more, others));
    }

    /// @dev What the others take for granted.
    function multiply(uint128 a, uint128 b, uint256 share) external pure {
        require(share <= Shares.WHOLE);
        assert((uint256(a) + b) * share == uint256(a) * share + uint256(b) * share);
    }

    /// @dev Likewise.
    function multiplyBySum(uint128 a, uint256 stack, uint256 share) external pure {
        require(stack <= Shares.WHOLE && share <= Shares.WHOLE - stack);
        assert(a * (stack + share) == a * stack + a * share);
    }
}
