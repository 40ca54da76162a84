// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPayments} from "./IPayments.sol";

/// @title Bounties on proven scores
/// @notice Somebody locks an amount for the first model that is shown to reach a threshold on a benchmark. Whether it does
/// is for the board of scores to say, which was fixed when this contract was made: a funder chooses terms, never a judge.
/// Until the deadline the money can only go to a winner, afterwards only back to the funder.
///
/// *First* is the first for which somebody calls `claim`. The prize is the model's trainer's, whoever calls. A model
/// that had reached the threshold before the bounty was made wins too: look at the leaderboard before setting one. So does a
/// model that was trained on the benchmark's own rows: ask for a sealed benchmark where that matters.
interface IBountyBoard is IPayments {
    enum State {
        None,
        Open,
        Won,
        Refunded
    }

    /// @param benchmark the set of data
    /// @param threshold rows right at least, or sum of squared errors at most, as the benchmark is of classes or not
    /// @param deadline the last second in which it can be won
    /// @param ancestor the winner must descend from this model; zero: any model
    struct Terms {
        bytes32 benchmark;
        uint256 threshold;
        uint256 deadline;
        bytes32 ancestor;
    }

    /// @notice A bounty. All fields are zero where there is none.
    /// @param state Open also after the deadline, until it is refunded
    /// @param token of the prize, zero for Ether
    /// @param winner the model that won; zero while there is none
    struct Bounty {
        State state;
        address funder;
        address token;
        uint256 amount;
        bytes32 winner;
        Terms terms;
    }

    // ------------------------------------------------------------------------------------------------ events

    /// @notice A bounty was made.
    event Funded(uint256 indexed id, address indexed funder, bytes32 indexed benchmark, address token, uint256 amount);

    /// @notice A model won a bounty, which its trainer can withdraw.
    event Won(uint256 indexed id, bytes32 indexed model, address indexed trainer);

    /// @notice Nobody won; the funder can withdraw the amount.
    event Refunded(uint256 indexed id, address indexed funder);

    /// @notice Somebody took what it was owed.
    event Withdrawn(address indexed account, address indexed token, address indexed to, uint256 amount);

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice Thrown when a deadline is not ahead, or more than MAX_DURATION ahead.
    error DeadlineOutOfRange(uint256 deadline);
    /// @notice Thrown when there is no such model.
    error UnknownModel(bytes32 model);
    /// @notice Thrown when there is no such bounty, or it was won or refunded.
    error NotOpen(uint256 id);
    /// @notice Thrown when a bounty is claimed after its deadline.
    error DeadlinePassed(uint256 id, uint256 deadline);
    /// @notice Thrown when a bounty is refunded before its deadline has passed.
    error DeadlineNotPassed(uint256 id, uint256 deadline);
    /// @notice Thrown when a model has no score on the benchmark.
    error NoScore(bytes32 model, bytes32 benchmark);
    /// @notice Thrown when a score does not reach the threshold.
    error ScoreNotEnough(uint256 value, uint256 threshold);
    /// @notice Thrown when a model is not shown to descend from the ancestor asked for.
    error NotADescendant(bytes32 model, bytes32 ancestor);

    // ------------------------------------------------------------------------------------------------ changing

    /// @notice Makes a bounty of the Ether sent along.
    /// @param terms the deadline lies after this second and at most MAX_DURATION ahead; the ancestor is registered
    /// @return id 1 for the first bounty, 2 for the next and so on
    function fund(Terms calldata terms) external payable returns (uint256 id);

    /// @notice Makes a bounty of a token, which the sender has approved. What arrives is the prize.
    function fundToken(Terms calldata terms, address token, uint256 amount) external returns (uint256 id);

    /// @notice Shows that a model reaches a bounty's terms. Its trainer is then owed the prize.
    /// @param path where an ancestor is asked for that does not lie on the model's first line: a path from it to the model
    /// through any parents. Otherwise empty
    function claim(uint256 id, bytes32 model, bytes32[] calldata path) external;

    /// @notice After the deadline: gives an unclaimed amount back to its funder. Anyone may call it.
    function refund(uint256 id) external;

    /// @notice Takes what the sender is owed in a token.
    /// @return amount what was sent
    function withdraw(address token, address to) external returns (uint256 amount);

    // ------------------------------------------------------------------------------------------------ reading

    /// @notice A bounty; all zero where there is none.
    function bounty(uint256 id) external view returns (Bounty memory);

    /// @notice How many bounties were made; they are numbered from 1.
    function bountyCount() external view returns (uint256);

    /// @notice What an account can withdraw in a token.
    function owed(address account, address token) external view returns (uint256);

    /// @notice The registry whose models can win.
    function lineage() external view returns (address);

    /// @notice The board of scores that decides.
    function scores() external view returns (address);
}
