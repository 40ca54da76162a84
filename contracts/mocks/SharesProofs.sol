// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Shares} from "../libraries/Shares.sol";

/// @title Test only: what holds for the arithmetic of credit, whatever the amounts and shares
/// @notice Never run. solc's SMTChecker tries to prove each `assert` (test/contracts/sharesProofs.test.ts); `require` says
/// what callers keep to.
contract SharesProofs {
    /// @dev A part and what is left are exactly what was there, and nothing wrapped around.
    function partIsExact(uint128 delta, uint256 share, uint256 fraction) external pure {
        require(share <= Shares.WHOLE && fraction < Shares.WHOLE);
        (uint256 amount, uint256 left) = Shares.part(delta, share, fraction);
        assert(left < Shares.WHOLE);
        assert(amount * Shares.WHOLE + left == delta * share + fraction);
    }

    /// @dev Claims after two payments give together what one claim after both gives: nothing is gained or lost by claiming
    /// often.
    function partsAddUp(uint128 first, uint128 second, uint256 share, uint256 fraction) external pure {
        require(share <= Shares.WHOLE && fraction < Shares.WHOLE);
        require(uint256(first) + second <= type(uint128).max);
        (uint256 a, uint256 between) = Shares.part(first, share, fraction);
        (uint256 b, uint256 left) = Shares.part(second, share, between);
        (uint256 both, uint256 leftOfBoth) = Shares.part(uint256(first) + second, share, fraction);
        assert(a + b == both);
        assert(left == leftOfBoth);
    }

    /// @dev An ancestor's part is never more than the payment and what was left.
    function partIsAPart(uint128 delta, uint256 share) external pure {
        require(share <= Shares.WHOLE);
        (uint256 amount,) = Shares.part(delta, share, 0);
        assert(amount <= delta);
    }

    /// @dev Two ways are never owed more than one way of both shares: by induction, all ways no more than their stack.
    function waysStayWithinTheStack(uint128 paid, uint256 stack, uint256 share) external pure {
        require(stack <= Shares.WHOLE && share <= Shares.WHOLE - stack);
        (uint256 owed,) = Shares.part(paid, stack, 0);
        (uint256 more,) = Shares.part(paid, share, 0);
        (uint256 both,) = Shares.part(paid, stack + share, 0);
        assert(owed + more <= both);
        assert(both - owed - more <= 1);
    }

    /// @dev A share that was lowered and the difference are together never more than the share, so that the same holds of it.
    function loweredStaysWithinTheShare(uint128 paid, uint256 registered, uint256 current) external pure {
        require(registered <= Shares.WHOLE && current <= registered);
        (uint256 amount,) = Shares.part(paid, current, 0);
        (uint256 passed,) = Shares.part(paid, registered - current, 0);
        (uint256 whole,) = Shares.part(paid, registered, 0);
        assert(amount + passed <= whole);
        assert(whole - amount - passed <= 1);
    }

    /// @dev What all ancestors are owed and the rest are never more than the payment, and at most one unit less.
    function restAndOwedStayWithinThePayment(uint128 paid, uint256 others) external pure {
        require(others <= Shares.WHOLE);
        (uint256 owed,) = Shares.part(paid, others, 0);
        uint256 rest = Shares.rest(paid, others);
        assert(rest + owed <= paid);
        assert(paid - rest - owed <= 1);
    }

    /// @dev The rest never falls when more is paid, so that what was collected is never more than it.
    function restNeverFalls(uint128 before, uint128 more, uint256 others) external pure {
        require(others <= Shares.WHOLE);
        require(uint256(before) + more <= type(uint128).max);
        assert(Shares.rest(before, others) <= Shares.rest(uint256(before) + more, others));
    }
}
