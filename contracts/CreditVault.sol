// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Payments} from "./Payments.sol";
import {ICreditVault} from "./interfaces/ICreditVault.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {Account} from "./libraries/Account.sol";

/// @title CreditVault
/// @notice No owner, no fee, no way to move a share once a model exists.
contract CreditVault is ICreditVault, Payments {
    /// @dev What a trainer chose, when, and how many choices it had made before: models of later timestamps have this share.
    /// All zero: none was made.
    struct Choice {
        uint64 timestamp;
        uint16 share;
        uint32 earlier;
    }

    /// @dev What reaches a model on one level of `split`.
    struct Part {
        uint256 number;
        uint256 amount;
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

    /// @dev More than one model takes on any way through this contract: at most 8 parents that were never credited, and choices
    /// found by bisection. What is left must last for the end of the call too.
    uint256 private constant ROOM = 500_000;

    // A parent as `ILineage.edge` gives it: | weight 224 | number 32 |.
    uint256 private constant WEIGHT = 32;

    ILineage private immutable LINEAGE;

    mapping(address token => mapping(uint256 number => Account)) private _accounts;
    // Most settlements need no choice but the last.
    mapping(address trainer => Choice) private _lastChoices;
    mapping(address trainer => mapping(uint256 index => Choice)) private _earlierChoices;

    /// @param registry whose models are paid; trusted to answer as ILineage says
    constructor(address registry) {
        LINEAGE = ILineage(registry);
    }

    // ------------------------------------------------------------------------------------------------ paying

    /// @inheritdoc ICreditVault
    function chooseShare(uint256 share) external {
        if (share < MIN_SHARE || share > MAX_SHARE) revert ShareOutOfRange(share);
        Choice memory last = _lastChoices[msg.sender];
        if (last.share != 0) {
            _earlierChoices[msg.sender][last.earlier] = last;
            ++last.earlier;
        }
        _lastChoices[msg.sender] = Choice(uint64(block.timestamp), uint16(share), last.earlier);
        emit ShareChosen(msg.sender, share);
    }

    /// @inheritdoc ICreditVault
    function pay(bytes32 model) external payable {
        if (msg.value == 0) revert NothingReceived(ETHER);
        _credit(model, ETHER, msg.value);
    }

    /// @inheritdoc ICreditVault
    function payToken(bytes32 model, address token, uint256 amount) external nonReentrant returns (uint256 received) {
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
            _requireRoom(models, i);
            _settle(models[i], token);
        }
    }

    /// @inheritdoc ICreditVault
    function withdraw(bytes32[] calldata models, address token, address to) external nonReentrant returns (uint256 amount) {
        for (uint256 i = 0; i < models.length; ++i) {
            _requireRoom(models, i);
            bytes32 model = models[i];
            if (LINEAGE.trainerOf(model) != msg.sender) revert NotTheTrainer(model, msg.sender);
            uint256 number = LINEAGE.numberOf(model);
            Account account = _accounts[token][number];
            amount += account.earned();
            _accounts[token][number] = account.withdrawn();
        }
        if (amount == 0) revert NothingOwed(msg.sender, token);
        emit Withdrawn(msg.sender, token, to, amount);
        _payOut(token, to, amount);
    }

    // ------------------------------------------------------------------------------------------------ reading

    /// @inheritdoc ICreditVault
    function split(bytes32 model, uint256 amount, uint256 depth) external view returns (Payout[] memory payouts) {
        Part[] memory level = new Part[](MAX_PAYOUTS);
        Part[] memory above = new Part[](MAX_PAYOUTS);
        level[0] = Part(_known(model), amount);
        if (amount > type(uint128).max) revert AmountTooLarge(amount);
        payouts = new Payout[](MAX_PAYOUTS);
        uint256 size = 1;
        uint256 count = 0;
        for (uint256 left = depth; size > 0; --left) {
            uint256 sizeAbove = 0;
            for (uint256 i = 0; i < size; ++i) {
                // Of a level that is not done, nobody is reached: the one below was the last.
                if (gasleft() < ROOM) revert SplitTooDeep(depth > left ? depth - left - 1 : 0);
                (address trainer,, uint256 timestamp, uint256[] memory parts) =
                    LINEAGE.edge(LINEAGE.nodeAt(level[i].number));
                if (left == 0) parts = new uint256[](0);
                (uint256 kept, uint256[] memory passed) = _divide(trainer, timestamp, parts, level[i].amount);
                count = _addPayout(payouts, count, trainer, kept);
                for (uint256 k = 0; k < passed.length; ++k) {
                    sizeAbove = _addPart(above, sizeAbove, Part(uint32(parts[k]), passed[k]));
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
        (address trainer,, uint256 timestamp, uint256[] memory parts) = LINEAGE.edge(model);
        return parts.length == 0 ? 0 : _shareBefore(trainer, timestamp);
    }

    /// @inheritdoc ICreditVault
    function chosenShare(address trainer) external view returns (uint256) {
        return _shareBefore(trainer, type(uint256).max);
    }

    /// @inheritdoc ICreditVault
    function unsplit(bytes32 model, address token) external view returns (uint256) {
        return _accounts[token][LINEAGE.numberOf(model)].unsplit();
    }

    /// @inheritdoc ICreditVault
    function earned(bytes32 model, address token) external view returns (uint256) {
        return _accounts[token][LINEAGE.numberOf(model)].earned();
    }

    /// @inheritdoc ICreditVault
    function lineage() external view returns (address) {
        return address(LINEAGE);
    }

    // ------------------------------------------------------------------------------------------------ inside

    function _credit(bytes32 model, address token, uint256 amount) private {
        uint256 number = _known(model);
        if (amount > type(uint128).max) revert AmountTooLarge(amount);
        _accounts[token][number] = _accounts[token][number].credited(amount);
        emit Paid(model, token, msg.sender, amount);
    }

    function _settle(bytes32 model, address token) private returns (uint256 amount) {
        (address trainer, uint256 number, uint256 timestamp, uint256[] memory parts) = LINEAGE.edge(model);
        mapping(uint256 number => Account) storage accounts = _accounts[token];
        Account account = accounts[number];
        amount = account.unsplit();
        if (amount == 0) return 0;
        (uint256 kept, uint256[] memory passed) = _divide(trainer, timestamp, parts, amount);
        accounts[number] = account.settled(kept);
        for (uint256 i = 0; i < passed.length; ++i) {
            uint256 parent = uint32(parts[i]);
            accounts[parent] = accounts[parent].credited(passed[i]);
        }
        emit Settled(model, token, kept, passed);
    }

    /// @param done how many models of a list were dealt with
    function _requireRoom(bytes32[] calldata models, uint256 done) private view {
        if (gasleft() < ROOM) revert TooManyModels(models.length, done);
    }

    /// @dev The number of a model, which must exist.
    function _known(bytes32 model) private view returns (uint256 number) {
        number = LINEAGE.numberOf(model);
        if (number == 0) revert UnknownModel(model);
    }

    /// @dev What a model's trainer keeps of an amount, at most 2^128 - 1, and what goes to each parent.
    /// @param parts the parents as `ILineage.edge` gives them
    function _divide(address trainer, uint256 timestamp, uint256[] memory parts, uint256 amount)
        private
        view
        returns (uint256 kept, uint256[] memory passed)
    {
        passed = new uint256[](parts.length);
        if (parts.length == 0) return (amount, passed);

        uint256 share = _shareBefore(trainer, timestamp);
        // Weights are at most 2^19, parents 8 and shares below WHOLE: nothing here reaches 2^152.
        unchecked {
            // Rounded up, and at most `amount`.
            uint256 shared = (amount * share + WHOLE - 1) / WHOLE;
            uint256 total = 0;
            for (uint256 i = 0; i < parts.length; ++i) {
                total += parts[i] >> WEIGHT;
            }
            // Each gets the difference of two rounded running sums, so the parts add up.
            uint256 weights = 0;
            uint256 given = 0;
            for (uint256 i = 0; i < parts.length; ++i) {
                weights += parts[i] >> WEIGHT;
                uint256 sum = shared * weights / total;
                passed[i] = sum - given;
                given = sum;
            }
            kept = amount - shared;
        }
    }

    /// @dev The last choice made before a timestamp. Among the earlier ones, whose timestamps ascend, by bisection: those
    /// before it lie below `low`, others from `high` on. So of several in one second the last counts.
    function _shareBefore(address trainer, uint256 timestamp) private view returns (uint256) {
        Choice memory last = _lastChoices[trainer];
        if (last.timestamp < timestamp) return last.share == 0 ? DEFAULT_SHARE : last.share;
        uint256 low = 0;
        uint256 high = last.earlier;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (_earlierChoices[trainer][middle].timestamp < timestamp) low = middle + 1;
            else high = middle;
        }
        return low == 0 ? DEFAULT_SHARE : _earlierChoices[trainer][low - 1].share;
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
    function _addPart(Part[] memory level, uint256 size, Part memory part) private pure returns (uint256) {
        if (part.amount == 0) return size;
        for (uint256 i = 0; i < size; ++i) {
            if (level[i].number == part.number) {
                level[i].amount += part.amount;
                return size;
            }
        }
        if (size == MAX_PAYOUTS) revert SplitTooLarge();
        level[size] = part;
        return size + 1;
    }
}
