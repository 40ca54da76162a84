// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPayments} from "./IPayments.sol";

/// @title Credit that flows up a lineage
/// @notice Anyone pays a model, in Ether or in a token. The model's trainer keeps a part; its parents get the rest, by
/// their weights, and share it with their own parents in the same way. Money moves one edge at a time, when somebody
/// calls `settle`; a payment costs the same at any depth. No unit is lost: for each token
/// sum of payments = sum of `unsplit` + sum of `earned` + sum of withdrawals.
///
/// The parents' share of a model is what its trainer had chosen before the second in which the model was registered (by
/// block timestamps), else DEFAULT_SHARE. It never changes afterwards, so a payer knows the split. Seeds and declared imports
/// keep everything.
///
/// Rounding favours the parents, by less than one unit: nobody gains by settling small amounts.
interface ICreditVault is IPayments {
    /// @notice One recipient of a split.
    struct Payout {
        address account;
        uint256 amount;
    }

    // ------------------------------------------------------------------------------------------------ events

    /// @notice Models of this trainer in blocks of later timestamps pass this share on to their parents.
    event ShareChosen(address indexed trainer, uint256 share);

    /// @notice A model was paid. `amount` is what arrived.
    event Paid(bytes32 indexed model, address indexed token, address indexed payer, uint256 amount);

    /// @notice A model's credit was split: `kept` is its trainer's, `passed[i]` went to its i-th parent, in the order of
    /// `ILineage.parents`, and waits there to be split again. `passed` is empty for seeds and declared imports.
    event Settled(bytes32 indexed model, address indexed token, uint256 kept, uint256[] passed);

    /// @notice A trainer took what its models had earned.
    event Withdrawn(address indexed trainer, address indexed token, address indexed to, uint256 amount);

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice Thrown when there is no such model.
    error UnknownModel(bytes32 model);

    /// @notice Thrown when a share is not in MIN_SHARE..MAX_SHARE.
    error ShareOutOfRange(uint256 share);

    /// @notice Thrown when somebody else than a model's trainer would take what it earned.
    error NotTheTrainer(bytes32 model, address account);

    /// @notice Thrown when a split has more recipients, or one level of it more models, than MAX_PAYOUTS: ask for less depth.
    error SplitTooLarge();

    /// @notice Thrown when the gas of the call does not last for a split: it does for this many levels of parents, or fewer.
    error SplitTooDeep(uint256 depth);

    /// @notice Thrown when the gas of the transaction does not last for the whole list: it does for the first `fit` models.
    /// Where the hard fork Osaka holds, no transaction has more than 2^24 gas: name the others in further ones.
    error TooManyModels(uint256 models, uint256 fit);

    // ------------------------------------------------------------------------------------------------ paying

    /// @notice Sets the parents' share of models that the sender will register in blocks of later timestamps. Models that
    /// exist, and those of the same second, keep theirs. Of several choices in one second the last counts.
    /// @param share in 1/10,000, from MIN_SHARE to MAX_SHARE
    function chooseShare(uint256 share) external;

    /// @notice Pays a model in Ether.
    function pay(bytes32 model) external payable;

    /// @notice Pays a model in a token, which the sender has approved.
    /// @return received what arrived, which is what the model is credited with
    function payToken(bytes32 model, address token, uint256 amount) external returns (uint256 received);

    /// @notice Splits what a model was credited with between its trainer and its parents. Anyone may call it.
    /// @dev One edge: at most 8 parents. Where the trainer chose other shares after the model was registered, the one that
    /// counts is found by bisection, one more read for each time that the number of choices doubles.
    /// @return amount what was split; zero where there was nothing
    function settle(bytes32 model, address token) external returns (uint256 amount);

    /// @notice Settles one model after another. To carry a payment up a line, name the line's models from the paid one on.
    /// @dev Settles all or reverts with TooManyModels. Within 2^24 gas, 50 models with 8 parents each always fit, and more
    /// than 200 with 2 parents each.
    function settleAll(bytes32[] calldata models, address token) external;

    /// @notice Takes what the sender's models have earned. Only the part that was settled.
    /// @dev The receiver of Ether gets all gas and may fail: then nothing happened. Reverts with TooManyModels like settleAll.
    /// @return amount what was sent
    function withdraw(bytes32[] calldata models, address token, address to) external returns (uint256 amount);

    // ------------------------------------------------------------------------------------------------ reading

    /// @notice What `amount` would become if it were paid to the model now and settled level by level, for an array that
    /// contracts such as Splits take.
    /// @dev Models reached by several paths of the same length are settled once, as they would be. To settle and pay
    /// often in small amounts rounds otherwise, by less than one unit a settlement and parent.
    /// @param depth how many levels of parents may be paid; whoever is reached there keeps everything. 0: the trainer only.
    /// Reverts with SplitTooDeep where the gas does not last, since a single unit goes up any number of levels
    /// @return payouts accounts ascending, each once, no zero amounts; the sum is exactly `amount`
    function split(bytes32 model, uint256 amount, uint256 depth) external view returns (Payout[] memory payouts);

    /// @notice The parents' share of a model, in 1/10,000; zero where there are no parents or no such model.
    function shareOf(bytes32 model) external view returns (uint256);

    /// @notice The share that the next models of a trainer would get, in 1/10,000.
    function chosenShare(address trainer) external view returns (uint256);

    /// @notice What a model was credited with and has not been settled.
    function unsplit(bytes32 model, address token) external view returns (uint256);

    /// @notice What a model's trainer can withdraw for it.
    function earned(bytes32 model, address token) external view returns (uint256);

    /// @notice The registry whose models are paid.
    function lineage() external view returns (address);
}
