// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Payments} from "./Payments.sol";
import {IBountyBoard} from "./interfaces/IBountyBoard.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {IScores} from "./interfaces/IScores.sol";

/// @title BountyBoard
/// @notice No owner, no fee; registry and board of scores are fixed at deployment.
contract BountyBoard is IBountyBoard, Payments {
    /// @notice How far ahead a deadline may lie: a slip must not lock money for ever.
    uint256 public constant MAX_DURATION = 5 * 365 days;

    ILineage private immutable LINEAGE;
    IScores private immutable SCORES;

    mapping(uint256 id => Bounty) private _bounties;
    mapping(address account => mapping(address token => uint256)) private _owed;
    uint256 private _count;

    /// @param registry whose models can win; trusted to answer as ILineage says
    /// @param board that decides; trusted to answer as IScores says
    constructor(address registry, address board) {
        LINEAGE = ILineage(registry);
        SCORES = IScores(board);
    }

    // ------------------------------------------------------------------------------------------------ changing

    /// @inheritdoc IBountyBoard
    function fund(Terms calldata terms) external payable returns (uint256 id) {
        if (msg.value == 0) revert NothingReceived(ETHER);
        return _open(terms, ETHER, msg.value);
    }

    /// @inheritdoc IBountyBoard
    function fundToken(Terms calldata terms, address token, uint256 amount) external nonReentrant returns (uint256 id) {
        return _open(terms, token, _takeIn(token, amount));
    }

    /// @inheritdoc IBountyBoard
    function claim(uint256 id, bytes32 model, bytes32[] calldata path) external {
        Bounty storage entry = _bounties[id];
        if (entry.state != State.Open) revert NotOpen(id);
        Terms memory terms = entry.terms;
        if (block.timestamp > terms.deadline) revert DeadlinePassed(id, terms.deadline);
        address trainer = LINEAGE.trainerOf(model);
        if (trainer == address(0)) revert UnknownModel(model);
        _requireScore(model, terms);
        if (terms.ancestor != 0) _requireDescent(model, terms.ancestor, path);

        entry.state = State.Won;
        entry.winner = model;
        _owed[trainer][entry.token] += entry.amount;
        emit Won(id, model, trainer);
    }

    /// @inheritdoc IBountyBoard
    function refund(uint256 id) external {
        Bounty storage entry = _bounties[id];
        if (entry.state != State.Open) revert NotOpen(id);
        uint256 deadline = entry.terms.deadline;
        if (block.timestamp <= deadline) revert DeadlineNotPassed(id, deadline);

        entry.state = State.Refunded;
        _owed[entry.funder][entry.token] += entry.amount;
        emit Refunded(id, entry.funder);
    }

    /// @inheritdoc IBountyBoard
    function withdraw(address token, address to) external nonReentrant returns (uint256 amount) {
        amount = _owed[msg.sender][token];
        if (amount == 0) revert NothingOwed(msg.sender, token);
        _owed[msg.sender][token] = 0;
        emit Withdrawn(msg.sender, token, to, amount);
        _payOut(token, to, amount);
    }

    // ------------------------------------------------------------------------------------------------ reading

    /// @inheritdoc IBountyBoard
    function bounty(uint256 id) external view returns (Bounty memory) {
        return _bounties[id];
    }

    /// @inheritdoc IBountyBoard
    function bountyCount() external view returns (uint256) {
        return _count;
    }

    /// @inheritdoc IBountyBoard
    function owed(address account, address token) external view returns (uint256) {
        return _owed[account][token];
    }

    /// @inheritdoc IBountyBoard
    function lineage() external view returns (address) {
        return address(LINEAGE);
    }

    /// @inheritdoc IBountyBoard
    function scores() external view returns (address) {
        return address(SCORES);
    }

    // ------------------------------------------------------------------------------------------------ inside

    function _open(Terms calldata terms, address token, uint256 amount) private returns (uint256 id) {
        if (terms.deadline <= block.timestamp || terms.deadline > block.timestamp + MAX_DURATION) {
            revert DeadlineOutOfRange(terms.deadline);
        }
        // What is credited must fit 2^128 - 1 each, so that no sum of an account overflows and locks a refund.
        if (amount > type(uint128).max) revert AmountTooLarge(amount);
        if (terms.ancestor != 0 && LINEAGE.kindOf(terms.ancestor) == ILineage.Kind.None) {
            revert UnknownModel(terms.ancestor);
        }
        id = ++_count;
        _bounties[id] = Bounty(State.Open, msg.sender, token, amount, 0, terms);
        emit Funded(id, msg.sender, terms.benchmark, token, amount);
    }

    function _requireScore(bytes32 model, Terms memory terms) private view {
        IScores.Score memory score = SCORES.scoreOf(model, terms.benchmark);
        if (score.measure == IScores.Measure.None) revert NoScore(model, terms.benchmark);
        bool enough = score.measure == IScores.Measure.RowsRight
            ? score.value >= terms.threshold
            : score.value <= terms.threshold;
        if (!enough) revert ScoreNotEnough(score.value, terms.threshold);
    }

    function _requireDescent(bytes32 model, bytes32 ancestor, bytes32[] calldata path) private view {
        bool descends = path.length == 0
            ? LINEAGE.isAncestor(ancestor, model)
            : path[0] == ancestor && path[path.length - 1] == model && LINEAGE.isAncestorVia(path);
        if (!descends) revert NotADescendant(model, ancestor);
    }
}
