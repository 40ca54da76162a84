// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPayments} from "./IPayments.sol";

/// @title Credit for all who trained a model and its ancestors
/// @notice Anyone pays a model, in Ether or in a token. Each ancestor's trainer is owed its share of the whole payment, whatever
/// lies between: shares are parts of what arrives at the model, not of what others pass on. A share is chosen in the registry
/// (`chooseShare`) and fixed when a node is registered; afterwards it can only be lowered. An ancestor that is met on several
/// ways is owed its share once for each way. What is left is the paid model's trainer's.
///
/// A payment costs the same whatever the number of ancestors. `claim` credits one ancestor for one way from the model up to it,
/// `collect` credits the paid model's trainer with the rest. Both credit only who is entitled, so anybody may call them, at any time and
/// as often as they like. Credit is taken with `withdraw`, or sent to the trainer with `withdrawFor`.
///
/// For a token, P units of which a model was paid in all, an ancestor of share s (in 1/10,000) that was never lowered is owed
/// floor(P * s / 10,000) for each way, and the model's trainer floor(P * (10,000 - stack + share) / 10,000). Nothing is ever credited
/// twice or beyond P. What rounding leaves stays here: less than 1 unit for each way, less than 2 where the share was lowered, and less
/// than 1 for the rest.
///
/// Trainers are the addresses that nodes name. Who acts for a trainer, and where its money goes, ITrainers says.
interface ICreditVault is IPayments {
    /// @notice A part of what a model is paid.
    /// @param node the model, or an ancestor
    /// @param account the trainer that the node names
    /// @param ways how many ways lead from the model up to the node; 1 for the model
    /// @param amount in units, for all ways
    struct Payout {
        bytes32 node;
        address account;
        uint256 ways;
        uint256 amount;
    }

    /// @notice An ancestor and one way up to it.
    /// @param ancestor which is owed its share; not the model
    /// @param model which was paid
    /// @param mark zero: the way begins at the model. Else it goes on where a recorded one ends
    /// @param steps of the way from there on: two ids for each merge or foreign child that is not left by its first parent, the child and
    /// that parent. Empty along a first line
    struct Claim {
        bytes32 ancestor;
        bytes32 model;
        bytes32 mark;
        bytes32[] steps;
    }

    // ------------------------------------------------------------------------------------------------ events

    /// @notice A model was paid. `amount` is what arrived.
    event Paid(bytes32 indexed model, address indexed token, address indexed payer, uint256 amount);

    /// @notice The trainer of an ancestor was credited with `amount` of what a model was paid. `passed` went to the model's trainer, since
    /// the ancestor's share was lowered. `mark` names the way.
    event Claimed(
        bytes32 indexed model,
        address indexed token,
        bytes32 indexed ancestor,
        bytes32 mark,
        uint256 amount,
        uint256 passed
    );

    /// @notice The trainer of a paid model was credited with the rest.
    event Collected(bytes32 indexed model, address indexed token, uint256 amount);

    /// @notice Part of a way was recorded: from the model it leads to `node`, and claims may begin there.
    event WayRecorded(bytes32 indexed model, bytes32 indexed node, bytes32 mark);

    /// @notice A trainer's key lowered the share of a node.
    event ShareLowered(bytes32 indexed node, uint256 from, uint256 to);

    /// @notice A trainer's credit in a token was sent.
    event Withdrawn(address indexed trainer, address indexed token, address indexed to, uint256 amount);

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice Thrown when there is no such model.
    error UnknownModel(bytes32 model);
    /// @notice Thrown when the shares of a model and its ancestors come to more than the whole: it cannot be paid. Its parents are named,
    /// as the stacks that it inherits are theirs.
    error StackTooHigh(bytes32 model, bytes32[] parents);
    /// @notice Thrown when the ancestor of a claim was registered with no share: there is nothing to claim, ever.
    error NoShare(bytes32 ancestor);
    /// @notice Thrown when a claim names no way from the model up to another node, or not by the one list that each way has.
    error NotAWay(bytes32 ancestor, bytes32 model);
    /// @notice Thrown when the steps of a part of a way do not lead upwards from where it begins.
    error NotSteps(bytes32 from);
    /// @notice Thrown when no way of this mark was recorded for the model.
    error UnknownMark(bytes32 model, bytes32 mark);
    /// @notice Thrown when a share would not become lower.
    error ShareNotLower(bytes32 node, uint256 current, uint256 share);
    /// @notice Thrown when somebody else than the key of a trainer acts for it.
    error NotTheKey(address trainer, address account);
    /// @notice Thrown when a split takes a look at more nodes than its limit.
    error SplitTooLarge(uint256 limit);

    // ------------------------------------------------------------------------------------------------ paying

    /// @notice Pays a model in Ether.
    /// @dev Reverts with UnknownModel, StackTooHigh, NothingReceived, AmountTooLarge.
    function pay(bytes32 model) external payable;

    /// @notice Pays a model in a token, which the sender has approved.
    /// @dev Reverts like `pay`, and with TransferFailed.
    /// @return received what arrived, which is what the model was paid
    function payToken(bytes32 model, address token, uint256 amount) external returns (uint256 received);

    // ------------------------------------------------------------------------------------------------ crediting

    /// @notice Credits an ancestor's trainer with its share of all that a model was paid since the last claim for this way. Anyone may call
    /// it. Where nothing is due, nothing happens.
    /// @dev O(log depth) for each step and for what follows the last. Reverts with NoShare, NotAWay.
    /// @param token the zero address: Ether
    /// @param ancestor which is owed its share; not the model
    /// @param model which was paid
    /// @param steps as in Claim, from the model on
    /// @return amount what the ancestor's trainer was credited with
    function claim(address token, bytes32 ancestor, bytes32 model, bytes32[] calldata steps)
        external
        returns (uint256 amount);

    /// @notice Makes several claims, for one trainer or for many. All or none. Reverts also with UnknownMark.
    /// @return amount the sum of what ancestors' trainers were credited with
    function claimAll(address token, Claim[] calldata claims) external returns (uint256 amount);

    /// @notice Checks part of a way once and for all, so that ways with any number of merges can be claimed: in as many transactions as it
    /// takes. Anyone may call it. Claims name the mark instead of the steps up to there.
    /// @dev Reverts with UnknownMark, NotSteps.
    /// @param mark zero: the part begins at the model. Else where a recorded one ends
    /// @param steps as in Claim, at least one
    /// @return recorded the mark of the longer part
    function recordWay(bytes32 model, bytes32 mark, bytes32[] calldata steps) external returns (bytes32 recorded);

    /// @notice Credits the trainer of each model with the rest of all that it was paid since it was last collected: what is left
    /// when all ancestors take their registered shares. Anyone may call it.
    /// @dev Reverts with UnknownModel.
    /// @return amount the sum
    function collect(bytes32[] calldata models, address token) external returns (uint256 amount);

    /// @notice Lowers the share of a node for good. Only the trainer's key. It holds for all that is not claimed yet; the difference
    /// to the registered share goes to the trainers of the paid models, at each claim. Stacks stay: models that cannot be paid still
    /// cannot.
    /// @dev Reverts with UnknownModel, NotTheKey, ShareNotLower, StackTooHigh.
    /// @param share in 1/10,000, below the current one
    function lowerShare(bytes32 node, uint256 share) external;

    // ------------------------------------------------------------------------------------------------ withdrawing

    /// @notice Takes all credit of a trainer in a token. Only the trainer's key.
    /// @dev The receiver of Ether gets all gas and may fail: then nothing happened. Reverts with NotTheKey, NothingOwed, UnusableRecipient,
    /// TransferFailed.
    /// @return amount what was sent
    function withdraw(address trainer, address token, address to) external returns (uint256 amount);

    /// @notice Sends all credit of a trainer in a token to where its money goes (ITrainers.payoutOf). Anyone may call it. A contract that is
    /// a trainer must be able to pass on what it is sent, or have its payout address set.
    /// @dev Reverts like `withdraw`, but for NotTheKey.
    /// @return amount what was sent
    function withdrawFor(address trainer, address token) external returns (uint256 amount);

    // ------------------------------------------------------------------------------------------------ reading

    /// @notice Who gets how much of an amount that a model is paid, by the shares of now.
    /// @dev Each node counts once towards the limit, however many ways lead to it. Nodes below which nobody takes a share are not
    /// visited, and runs of nodes without a share along a first line count as one or two. Reverts with UnknownModel, StackTooHigh, AmountTooLarge,
    /// SplitTooLarge.
    /// @param limit the greatest number of nodes to look at
    /// @return payouts the model first, then ancestors with a registered share, later registered ones first. Amounts are those of a first
    /// payment; those of others differ by less than one unit for each way
    /// @return left what rounding leaves: `amount` less the sum of all payouts
    function split(bytes32 model, uint256 amount, uint256 limit)
        external
        view
        returns (Payout[] memory payouts, uint256 left);

    /// @notice What a node's trainer takes of what a descendant is paid, for each way, in 1/10,000: the registered share, or what it was
    /// lowered to. Zero where there is no such node; it says nothing of nodes that cannot be paid.
    function shareOf(bytes32 node) external view returns (uint256);

    /// @notice What a model was paid in all.
    function paid(bytes32 model, address token) external view returns (uint256);

    /// @notice What `collect` would credit a model's trainer with.
    function collectable(bytes32 model, address token) external view returns (uint256);

    /// @notice What `claim` would do. Reverts like claimAll.
    /// @return amount what the ancestor's trainer would be credited with
    /// @return passed what the model's trainer would, since the share was lowered
    function claimable(address token, Claim calldata claim_) external view returns (uint256 amount, uint256 passed);

    /// @notice The name of a way, or a part of one: keccak256 of the name without its last step and that step's two ids. The name of the
    /// way without steps is the model's id.
    /// @param mark zero: the part begins at the model
    function markOf(bytes32 model, bytes32 mark, bytes32[] calldata steps) external pure returns (bytes32);

    /// @notice Where the recorded part of a way ends; zero where none was recorded.
    function recordedEnd(bytes32 model, bytes32 mark) external view returns (bytes32 node);

    /// @notice What a trainer can withdraw.
    function credit(address trainer, address token) external view returns (uint256);

    /// @notice The registry whose models are paid.
    function lineage() external view returns (address);

    /// @notice Where it is said who acts for a trainer.
    function trainers() external view returns (address);
}
