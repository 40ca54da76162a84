// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICreditVault} from "./interfaces/ICreditVault.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {IPayments} from "./interfaces/IPayments.sol";
import {Shares} from "./libraries/Shares.sol";

/// @title CreditSplit
/// @notice Shares as they are now, and who gets how much of a payment.
abstract contract CreditSplit is ICreditVault {
    /// @dev A node to look at.
    struct Visit {
        uint256 number;
        uint256 ways;
    }

    /// @dev A split on its way: visits are sorted by number, the latest node last, since parents have lower numbers.
    struct Work {
        Visit[] visits;
        uint256 waiting;
        uint256 seen;
        Payout[] payouts;
        uint256 count;
    }

    ILineage internal immutable LINEAGE;

    // By how much the registered share was lowered.
    mapping(bytes32 node => uint256) private _reductions;

    constructor(address registry) {
        LINEAGE = ILineage(registry);
    }

    /// @inheritdoc ICreditVault
    function split(bytes32 model, uint256 amount, uint256 limit)
        external
        view
        returns (Payout[] memory payouts, uint256 left)
    {
        if (amount > type(uint128).max) revert IPayments.AmountTooLarge(amount);
        (address trainer,) = _payable(model);
        (,, uint256 share, uint256 stack) = LINEAGE.creditOf(model);
        Work memory work = Work(new Visit[](limit), 0, 1, new Payout[](limit + 1), 1);
        Payout memory own = Payout(model, trainer, 1, Shares.rest(amount, stack - share));
        work.payouts[0] = own;
        left = amount - own.amount;
        _pushParents(work, model, 1, limit);
        while (work.waiting != 0) {
            Visit memory visit = work.visits[--work.waiting];
            left -= _look(work, visit, amount, limit);
        }
        (payouts, share) = (work.payouts, work.count);
        assembly ("memory-safe") {
            mstore(payouts, share)
        }
    }

    /// @inheritdoc ICreditVault
    function shareOf(bytes32 node) external view returns (uint256) {
        (,, uint256 registered,) = LINEAGE.creditOf(node);
        return _lowered(node, registered);
    }

    /// @inheritdoc ICreditVault
    function lineage() external view returns (address) {
        return address(LINEAGE);
    }

    /// @dev The trainer and the registered share of a model, which must exist and can be paid.
    function _payable(bytes32 model) internal view returns (address trainer, uint256 share) {
        uint256 number;
        uint256 stack;
        (trainer, number, share, stack) = LINEAGE.creditOf(model);
        if (number == 0) revert UnknownModel(model);
        if (stack > Shares.WHOLE) revert StackTooHigh(model, LINEAGE.parents(model));
    }

    /// @dev A node's share as it is now.
    function _lowered(bytes32 node, uint256 registered) internal view returns (uint256) {
        // Of a node that cannot be paid the registered share says nothing; it was never lowered.
        return registered - _reductions[node];
    }

    function _setLowered(bytes32 node, uint256 registered, uint256 share) internal {
        _reductions[node] = registered - share;
    }

    /// @dev Adds an ancestor's payout and goes on to its parents.
    /// @return given to the ancestor's trainer and, where the share was lowered, to the model's
    function _look(Work memory work, Visit memory visit, uint256 amount, uint256 limit)
        private
        view
        returns (uint256 given)
    {
        bytes32 node = LINEAGE.nodeAt(visit.number);
        (address trainer,, uint256 share, uint256 stack) = LINEAGE.creditOf(node);
        if (share == 0) {
            bytes32 top = _topOfRun(node, stack);
            if (top != node) {
                _push(work, LINEAGE.numberOf(top), visit.ways, limit);
                return 0;
            }
        } else {
            uint256 current = _lowered(node, share);
            (uint256 each,) = Shares.part(amount, current, 0);
            (uint256 passed,) = Shares.part(amount, share - current, 0);
            work.payouts[work.count] = Payout(node, trainer, visit.ways, visit.ways * each);
            ++work.count;
            work.payouts[0].amount += visit.ways * passed;
            given = visit.ways * (each + passed);
        }
        _pushParents(work, node, visit.ways, limit);
    }

    /// @dev The highest node of a first line with the same stack. From there down nobody has a share, nor any other parent a
    /// stack. Stacks never fall downwards, so the search looks twice as far up each time and then halves.
    function _topOfRun(bytes32 node, uint256 stack) private view returns (bytes32 top) {
        top = node;
        uint256 high = LINEAGE.depthOf(node);
        uint256 low = 0;
        // At `high` the stack is the same; below `low` it may be lower.
        for (uint256 step = 1; high > low; step *= 2) {
            uint256 depth = high > step ? high - step : 0;
            bytes32 above = LINEAGE.ancestorAt(node, depth);
            if (_stackOf(above) != stack) {
                low = depth + 1;
                break;
            }
            (high, top) = (depth, above);
        }
        while (high > low) {
            uint256 depth = (low + high) / 2;
            bytes32 above = LINEAGE.ancestorAt(node, depth);
            if (_stackOf(above) == stack) (high, top) = (depth, above);
            else low = depth + 1;
        }
    }

    function _stackOf(bytes32 node) private view returns (uint256 stack) {
        (,,, stack) = LINEAGE.creditOf(node);
    }

    function _pushParents(Work memory work, bytes32 node, uint256 ways, uint256 limit) private view {
        (,,, uint256[] memory parts) = LINEAGE.edge(node);
        for (uint256 i = 0; i < parts.length; ++i) {
            uint256 parent = uint32(parts[i]);
            if (_stackOf(LINEAGE.nodeAt(parent)) != 0) _push(work, parent, ways, limit);
        }
    }

    /// @dev Adds a node to look at, or ways to one that waits.
    function _push(Work memory work, uint256 number, uint256 ways, uint256 limit) private pure {
        Visit[] memory visits = work.visits;
        uint256 place = work.waiting;
        while (place > 0 && visits[place - 1].number > number) --place;
        if (place > 0 && visits[place - 1].number == number) {
            visits[place - 1].ways += ways;
            return;
        }
        if (++work.seen > limit) revert SplitTooLarge(limit);
        Visit memory added = Visit(number, ways);
        for (uint256 i = work.waiting; i > place; --i) {
            visits[i] = visits[i - 1];
        }
        visits[place] = added;
        ++work.waiting;
    }
}
