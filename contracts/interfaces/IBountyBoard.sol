// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IConditions} from "./IConditions.sol";
import {IPayments} from "./IPayments.sol";
import {ITrainers} from "./ITrainers.sol";

/// @title Bounties on proven scores
/// @notice Somebody locks an amount for the first model that is shown to reach a threshold on a benchmark and to meet conditions.
/// Whether it does is for the board of scores and the contract of conditions to say, which were fixed when this contract was
/// made: a funder chooses terms, never a judge. While a bounty can be claimed the money can only go to a winner, afterwards only
/// back to the funder.
///
/// *First* is the first for which somebody calls `claim`. The prize is the model's trainer's, whoever calls. A model
/// that had reached the threshold before the bounty was made wins too: look at the leaderboard before setting one, or ask for
/// `registeredAfter`. So does a model that was trained on the benchmark's own rows: ask for `disjointFrom` the benchmark's dataset, or
/// for a sealed benchmark, where that matters.
///
/// A funder cannot shut the judge by the choice of times. A bounty on a sealed benchmark can be claimed for CLAIM_TIME at least after the benchmark was
/// opened, whatever its deadline, and an amount goes back only afterwards. Where the benchmark is never opened, it goes back
/// CLAIM_TIME after the benchmark should have been; what that costs a sealer is its bond. Whoever works for a bounty should look
/// at that bond, at the rules of the benchmark and at all terms. A source asked for by `attestedBy` can refuse or revoke. And who does not
/// get the rows and salts of a benchmark cannot prove a score on it: no contract can make a sealer publish them, and one that only
/// opens has its bond back.
interface IBountyBoard is IPayments {
    enum State {
        None,
        Open,
        Won,
        Refunded
    }

    /// @param benchmark open or sealed
    /// @param threshold rows right at least, or sum of squared errors at most, as the benchmark is of classes or not
    /// @param deadline the last second in which it can be won, if the benchmark was open when it was funded. Otherwise at least
    /// CLAIM_TIME after the benchmark's opening are added
    /// @param conditions which the model must meet besides
    struct Terms {
        bytes32 benchmark;
        uint256 threshold;
        uint256 deadline;
        IConditions.Terms conditions;
    }

    /// @notice A bounty. All fields are zero where there is none.
    /// @param state Open also after the deadline, until it is refunded
    /// @param wasSealed whether its benchmark was sealed when it was funded
    /// @param token of the prize, zero for Ether
    /// @param amount of the prize, in units of the token
    /// @param winner the model that won; zero while there is none
    struct Bounty {
        State state;
        bool wasSealed;
        address funder;
        address token;
        uint256 amount;
        bytes32 winner;
        Terms terms;
    }

    // ------------------------------------------------------------------------------------------------ events

    /// @notice A bounty was made.
    event Funded(
        uint256 indexed id,
        address indexed funder,
        bytes32 indexed benchmark,
        address token,
        uint256 amount,
        bool wasSealed,
        Terms terms
    );

    /// @notice A model won a bounty, which its trainer's key can withdraw.
    event Won(uint256 indexed id, bytes32 indexed model, address indexed trainer, address token, uint256 amount);

    /// @notice Nobody won; the funder can withdraw the amount.
    event Refunded(uint256 indexed id, address indexed funder, address token, uint256 amount);

    /// @notice What a trainer was owed was sent.
    event Withdrawn(address indexed trainer, address indexed token, address indexed to, uint256 amount);

    /// @notice What a funder got back was sent.
    event RefundWithdrawn(address indexed funder, address indexed token, address indexed to, uint256 amount);

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice Thrown when a deadline is not ahead, or more than MAX_DURATION ahead.
    error DeadlineOutOfRange(uint256 deadline);
    /// @notice Thrown when there is no such benchmark, open or sealed.
    error UnknownBenchmark(bytes32 benchmark);
    /// @notice Thrown when a sealed benchmark may be opened more than MAX_DURATION from now, or should have been by now.
    error OpeningOutOfRange(bytes32 benchmark, uint256 openBy);
    /// @notice Thrown when a threshold asks for more rows than the benchmark has.
    error ThresholdOutOfReach(uint256 threshold, uint256 rows);
    /// @notice Thrown when `disjointFrom` names neither the benchmark's dataset nor one that is registered: nobody but the funder
    /// might know its shards, and so nobody could claim.
    error DatasetNotPublic(bytes32 dataset);
    /// @notice Thrown when there is no such model.
    error UnknownModel(bytes32 model);
    /// @notice Thrown when there is no such bounty, or it was won or refunded.
    error NotOpen(uint256 id);
    /// @notice Thrown when a bounty is claimed after the last second in which it can be won.
    error DeadlinePassed(uint256 id, uint256 deadline);
    /// @notice Thrown when a bounty is refunded before the last second in which it can be won has passed. The deadline shown is that of
    /// the moment: the opening of a sealed benchmark may move it.
    error DeadlineNotPassed(uint256 id, uint256 deadline);
    /// @notice Thrown when a model has no score on the benchmark.
    error NoScore(bytes32 model, bytes32 benchmark);
    /// @notice Thrown when a score does not reach the threshold.
    error ScoreNotEnough(uint256 value, uint256 threshold);

    // ------------------------------------------------------------------------------------------------ changing

    /// @notice Makes a bounty of the Ether sent along.
    /// @param terms the deadline lies after this second and at most MAX_DURATION ahead; the benchmark exists and can reach the
    /// threshold; IConditions.checkTerms passes
    /// @return id 1 for the first bounty, 2 for the next and so on
    function fund(Terms calldata terms) external payable returns (uint256 id);

    /// @notice Makes a bounty of a token, which the sender has approved. What arrives is the prize.
    function fundToken(Terms calldata terms, address token, uint256 amount) external returns (uint256 id);

    /// @notice Shows that a model reaches a bounty's terms. Its trainer is then owed the prize. Anyone may call it.
    /// @dev Hands on the errors of IConditions.check.
    /// @param evidence that the model meets the conditions
    function claim(uint256 id, bytes32 model, IConditions.Evidence calldata evidence) external;

    /// @notice After the last second in which a bounty can be won: gives the amount back to its funder. Anyone may call it.
    function refund(uint256 id) external;

    /// @notice Sends what a trainer is owed in a token. Only the trainer's key (ITrainers.keyOf).
    /// @return amount what was sent
    function withdraw(address trainer, address token, address to) external returns (uint256 amount);

    /// @notice Sends what a trainer is owed in a token to its payout address (ITrainers.payoutOf). Anyone may call it.
    /// @return amount what was sent
    function withdrawFor(address trainer, address token) external returns (uint256 amount);

    /// @notice Sends what the sender got back as a funder in a token. A trainer's key has no right to that.
    /// @return amount what was sent
    function withdrawRefund(address token, address to) external returns (uint256 amount);

    // ------------------------------------------------------------------------------------------------ reading

    /// @notice A bounty; all zero where there is none.
    function bounty(uint256 id) external view returns (Bounty memory);

    /// @notice How many bounties were made; they are numbered from 1.
    function bountyCount() external view returns (uint256);

    /// @notice The last second in which a bounty can be won, as things are: the opening of a sealed benchmark may move it. Zero where
    /// there is no such bounty.
    function claimableUntil(uint256 id) external view returns (uint256);

    /// @notice What a trainer is owed in a token.
    function owed(address trainer, address token) external view returns (uint256);

    /// @notice What a funder got back and can withdraw in a token.
    function refundOwed(address funder, address token) external view returns (uint256);

    /// @notice The registry whose models can win.
    function lineage() external view returns (address);

    /// @notice The board of scores that decides.
    function scores() external view returns (address);

    /// @notice The contract that judges conditions.
    function conditions() external view returns (IConditions);

    /// @notice The contract that knows who acts for a trainer.
    function trainers() external view returns (ITrainers);
}
