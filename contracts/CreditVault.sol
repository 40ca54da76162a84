// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {Payments} from "./Payments.sol";
import {ICreditVault} from "./interfaces/ICreditVault.sol";
import {ILineage} from "./interfaces/ILineage.sol";

/// @title CreditVault
/// @notice No owner, no fee, no way to move a share once a model exists.
contract CreditVault is ICreditVault, Payments {
    /// @dev One word, so that settling writes one for the model and one for each parent.
    struct Account {
        uint128 unsplit;
        uint128 earned;
    }

    /// @dev What a trainer chose, and when: models of later blocks have this share.
    struct Choice {
        uint64 blockNumber;
        uint16 share;
    }

    /// @notice Shares are in 1/10,000.
    uint256 public constant WHOLE = 10_000;
    /// @notice 5 %: no trainer can keep everything.
    uint256 public constant MIN_SHARE = 500;
    /// @notice 90 %.
    uint256 public constant MAX_SHARE = 9_000;
    /// @notice 20 %, for trainers who chose nothing.
    uint256 public constant DEFAULT_SHARE = 2_000;
    /// @notice The greatest number of recipients of `split`, and of models on one level of it.
    uint256 public constant MAX_PAYOUTS = 128;

    ILineage private immutable LINEAGE;

    mapping(bytes32 model => mapping(address token => Account)) private _accounts;
    mapping(address trainer => Choice[]) private _choices;

    /// @param registry whose models are paid; trusted to answer as ILineage says
    constructor(address registry) {
        LINEAGE = ILineage(registry);
    }

    // ------------------------------------------------------------------------------------------------ paying

    /// @inheritdoc ICreditVault
    function chooseShare(uint256 share) external {
        if (share < MIN_SHARE || share > MAX_SHARE) revert ShareOutOfRange(share);
        Choice[] storage choices = _choices[msg.sender];
        uint256 count = choices.length;
        if (count > 0 && choices[count - 1].blockNumber == block.number) {
            choices[count - 1].share = uint16(share);
        } else {
            choices.push(Choice(uint64(block.number), uint16(share)));
        }
        emit ShareChosen(msg.sender, share);
    }

    /// @inheritdoc ICreditVault
    function pay(bytes32 model) external payable {
        if (msg.value == 0) revert NothingReceived(ETHER);
        _credit(model, ETHER, msg.value);
    }

    /// @inheritdoc ICreditVault
    function payToken(bytes32 model, address token, uint256 amount) external alone returns (uint256 received) {
        received = _takeIn(token, amount);
        _credit(model, token, received);
    }

    /// @inheritdoc ICreditVault
    function settle(bytes32 model, address token) external returns (uint256 amount) {
        return _settle(model, token);
    }

    /// @inheritdoc ICreditVault
    function settleAll(bytes32[] calldata models, address token) external {
        for (uint256 i = 0; i < models.length; ++i) {
            _settle(models[i], token);
        }
    }

    /// @inheritdoc ICreditVault
    function withdraw(bytes32[] calldata models, address token, address to) external alone returns (uint256 amount) {
        for (uint256 i = 0; i < models.length; ++i) {
            bytes32 model = models[i];
            if (LINEAGE.trainerOf(model) != msg.sender) revert NotTheTrainer(model, msg.sender);
            Account storage account = _accounts[model][token];
            amount += account.earned;
            account.earned = 0;
        }
        if (amount == 0) revert NothingOwed(msg.sender, token);
        emit Withdrawn(msg.sender, token, to, amount);
        _payOut(token, to, amount);
    }

    // ------------------------------------------------------------------------------------------------ reading

    /// @inheritdoc ICreditVault
    function split(bytes32 model, uint256 amount, uint256 depth) external view returns (Payout[] memory payouts) {
        if (LINEAGE.kindOf(model) == ILineage.Kind.None) revert UnknownModel(model);
        if (amount > type(uint128).max) revert AmountTooLarge(amount);
        payouts = new Payout[](MAX_PAYOUTS);
        ILineage.WeightedParent[] memory level = new ILineage.WeightedParent[](MAX_PAYOUTS);
        ILineage.WeightedParent[] memory above = new ILineage.WeightedParent[](MAX_PAYOUTS);
        level[0] = ILineage.WeightedParent(model, amount);
        uint256 size = 1;
        uint256 count = 0;
        for (uint256 left = depth; size > 0; --left) {
            uint256 sizeAbove = 0;
            for (uint256 i = 0; i < size; ++i) {
                (address trainer, uint256 kept, ILineage.WeightedParent[] memory parts) =
                    _divide(level[i].id, level[i].weight, left > 0);
                count = _addPayout(payouts, count, trainer, kept);
                for (uint256 k = 0; k < parts.length; ++k) {
                    sizeAbove = _addPart(above, sizeAbove, parts[k]);
                }
            }
            (level, above, size) = (above, level, sizeAbove);
            if (left == 0) break;
        }
        assembly ("memory-safe") {
            mstore(payouts, count)
        }
    }

    /// @inheritdoc ICreditVault
    function shareOf(bytes32 model) external view returns (uint256) {
        if (LINEAGE.parents(model).length == 0) return 0;
        ILineage.Node memory node = LINEAGE.node(model);
        return _shareBefore(node.trainer, node.blockNumber);
    }

    /// @inheritdoc ICreditVault
    function chosenShare(address trainer) external view returns (uint256) {
        return _shareBefore(trainer, type(uint256).max);
    }

    /// @inheritdoc ICreditVault
    function unsplit(bytes32 model, address token) external view returns (uint256) {
        return _accounts[model][token].unsplit;
    }

    /// @inheritdoc ICreditVault
    function earned(bytes32 model, address token) external view returns (uint256) {
        return _accounts[model][token].earned;
    }

    /// @inheritdoc ICreditVault
    function lineage() external view returns (address) {
        return address(LINEAGE);
    }

    // ------------------------------------------------------------------------------------------------ inside

    function _credit(bytes32 model, address token, uint256 amount) private {
        if (LINEAGE.kindOf(model) == ILineage.Kind.None) revert UnknownModel(model);
        if (amount > type(uint128).max) revert AmountTooLarge(amount);
        _accounts[model][token].unsplit += uint128(amount);
        emit Paid(model, token, msg.sender, amount);
    }

    function _settle(bytes32 model, address token) private returns (uint256 amount) {
        Account storage account = _accounts[model][token];
        amount = account.unsplit;
        if (amount == 0) return 0;
        (, uint256 kept, ILineage.WeightedParent[] memory parts) = _divide(model, amount, true);
        // Both are at most `amount`, which is a uint128.
        (account.unsplit, account.earned) = (0, account.earned + uint128(kept));
        emit Settled(model, token, kept, amount - kept);
        for (uint256 i = 0; i < parts.length; ++i) {
            (bytes32 parent, uint256 part) = (parts[i].id, parts[i].weight);
            _accounts[parent][token].unsplit += uint128(part);
            emit PassedUp(parent, model, token, part);
        }
    }

    /// @dev What a model's trainer keeps of an amount, at most 2^128 - 1, and what goes to each parent.
    /// With `share` false parents get nothing. `parts` are the parents with their parts in place of their weights.
    function _divide(bytes32 model, uint256 amount, bool share)
        private
        view
        returns (address trainer, uint256 kept, ILineage.WeightedParent[] memory parts)
    {
        ILineage.Node memory node = LINEAGE.node(model);
        trainer = node.trainer;
        if (share) parts = LINEAGE.weightedParents(model);
        uint256 count = parts.length;
        if (count == 0) return (trainer, amount, parts);

        // Rounded up; the share is below WHOLE, so this is at most `amount`.
        uint256 passed = (amount * _shareBefore(trainer, node.blockNumber) + WHOLE - 1) / WHOLE;
        uint256 total = 0;
        for (uint256 i = 0; i < count; ++i) {
            total += parts[i].weight;
        }
        // Each gets the difference of two rounded running sums, so the parts add up.
        uint256 weights = 0;
        uint256 given = 0;
        for (uint256 i = 0; i < count; ++i) {
            weights += parts[i].weight;
            uint256 sum = passed * weights / total;
            parts[i].weight = sum - given;
            given = sum;
        }
        return (trainer, amount - passed, parts);
    }

    /// @dev The last choice made before a block, by bisection: earlier choices lie below `low`, others from `high` on.
    function _shareBefore(address trainer, uint256 blockNumber) private view returns (uint256) {
        Choice[] storage choices = _choices[trainer];
        uint256 low = 0;
        uint256 high = choices.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (choices[middle].blockNumber < blockNumber) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? DEFAULT_SHARE : choices[low - 1].share;
    }

    /// @dev Adds to an account's payout or inserts one, keeping the accounts ascending.
    function _addPayout(Payout[] memory payouts, uint256 count, address account, uint256 amount)
        private
        pure
        returns (uint256)
    {
        if (amount == 0) return count;
        uint256 place = count;
        while (place > 0 && payouts[place - 1].account >= account) --place;
        if (place < count && payouts[place].account == account) {
            payouts[place].amount += amount;
            return count;
        }
        if (count == MAX_PAYOUTS) revert SplitTooLarge();
        for (uint256 i = count; i > place; --i) {
            payouts[i] = payouts[i - 1];
        }
        payouts[place] = Payout(account, amount);
        return count + 1;
    }

    /// @dev Adds to a model's part on a level or appends one.
    function _addPart(
        ILineage.WeightedParent[] memory level,
        uint256 size,
        ILineage.WeightedParent memory part
    ) private pure returns (uint256) {
        if (part.weight == 0) return size;
        for (uint256 i = 0; i < size; ++i) {
            if (level[i].id == part.id) {
                level[i].weight += part.weight;
                return size;
            }
        }
        if (size == MAX_PAYOUTS) revert SplitTooLarge();
        level[size] = part;
        return size + 1;
    }
}
