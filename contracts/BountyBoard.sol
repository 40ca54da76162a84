// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {Payments} from "./Payments.sol";
import {Relayed} from "./Relayed.sol";
import {IBountyBoard} from "./interfaces/IBountyBoard.sol";
import {IConditions} from "./interfaces/IConditions.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {IScores} from "./interfaces/IScores.sol";
import {ITrainers} from "./interfaces/ITrainers.sol";
import {DatasetId} from "./interfaces/Ids.sol";

/// @title BountyBoard
/// @notice No owner, no fee; what it asks is fixed at deployment.
contract BountyBoard is IBountyBoard, Payments, Relayed, Described {
    /// @notice How far ahead a deadline may lie: a slip must not lock money for ever.
    uint256 public constant MAX_DURATION = 5 * 365 days;
    /// @notice How long a bounty on a sealed benchmark can be claimed at least after it was opened, and how long after it should have been
    /// opened an amount stays locked where it was not.
    uint256 public constant CLAIM_TIME = 30 days;

    IScores private immutable SCORES;
    IConditions private immutable CONDITIONS;
    ILineage private immutable LINEAGE;
    ITrainers private immutable TRAINERS;

    mapping(uint256 id => Bounty) private _bounties;
    mapping(address trainer => mapping(address token => uint256)) private _owed;
    mapping(address funder => mapping(address token => uint256)) private _refunds;
    uint256 private _count;

    /// @param board that decides; trusted to answer as IScores says
    /// @param conditions_ that judge descent, of the same registry; trusted to answer as IConditions says
    /// @param trainers_ who acts for trainers
    /// @param relay_ which carries what keys of trainers signed
    constructor(IScores board, IConditions conditions_, ITrainers trainers_, address relay_) Relayed(relay_) {
        SCORES = board;
        CONDITIONS = conditions_;
        LINEAGE = conditions_.lineage();
        TRAINERS = trainers_;
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
    function claim(uint256 id, bytes32 model, IConditions.Evidence calldata evidence) external {
        Bounty storage entry = _bounties[id];
        if (entry.state != State.Open) revert NotOpen(id);
        uint256 deadline = _claimableUntil(entry);
        if (block.timestamp > deadline) revert DeadlinePassed(id, deadline);
        address trainer = LINEAGE.trainerOf(model);
        if (trainer == address(0)) revert UnknownModel(model);
        Terms memory terms = entry.terms;
        _requireScore(model, terms);
        CONDITIONS.check(model, terms.conditions, evidence);

        entry.state = State.Won;
        entry.winner = model;
        _owed[trainer][entry.token] += entry.amount;
        emit Won(id, model, trainer, entry.token, entry.amount);
    }

    /// @inheritdoc IBountyBoard
    function refund(uint256 id) external {
        Bounty storage entry = _bounties[id];
        if (entry.state != State.Open) revert NotOpen(id);
        uint256 deadline = _claimableUntil(entry);
        if (block.timestamp <= deadline) revert DeadlineNotPassed(id, deadline);

        entry.state = State.Refunded;
        _refunds[entry.funder][entry.token] += entry.amount;
        emit Refunded(id, entry.funder, entry.token, entry.amount);
    }

    /// @inheritdoc IBountyBoard
    function withdraw(address trainer, address token, address to) external nonReentrant returns (uint256 amount) {
        address sender = _sender();
        if (TRAINERS.keyOf(trainer) != sender) revert ITrainers.NotTheKey(trainer, sender);
        return _withdraw(trainer, token, to);
    }

    /// @inheritdoc IBountyBoard
    function withdrawFor(address trainer, address token) external nonReentrant returns (uint256 amount) {
        return _withdraw(trainer, token, TRAINERS.payoutOf(trainer));
    }

    /// @inheritdoc IBountyBoard
    function withdrawRefund(address token, address to) external nonReentrant returns (uint256 amount) {
        amount = _refunds[msg.sender][token];
        if (amount == 0) revert NothingOwed(msg.sender, token);
        _refunds[msg.sender][token] = 0;
        emit RefundWithdrawn(msg.sender, token, to, amount);
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
    function claimableUntil(uint256 id) external view returns (uint256) {
        return _claimableUntil(_bounties[id]);
    }

    /// @inheritdoc IBountyBoard
    function owed(address trainer, address token) external view returns (uint256) {
        return _owed[trainer][token];
    }

    /// @inheritdoc IBountyBoard
    function refundOwed(address funder, address token) external view returns (uint256) {
        return _refunds[funder][token];
    }

    /// @inheritdoc IBountyBoard
    function lineage() external view returns (address) {
        return address(LINEAGE);
    }

    /// @inheritdoc IBountyBoard
    function scores() external view returns (address) {
        return address(SCORES);
    }

    /// @inheritdoc IBountyBoard
    function conditions() external view returns (IConditions) {
        return CONDITIONS;
    }

    /// @inheritdoc IBountyBoard
    function trainers() external view returns (ITrainers) {
        return TRAINERS;
    }

    // ------------------------------------------------------------------------------------------------ inside

    function _open(Terms calldata terms, address token, uint256 amount) private returns (uint256 id) {
        _requireAhead(terms.deadline);
        // What is credited must fit 2^128 - 1 each, so that no sum of an account overflows and locks a refund.
        if (amount > type(uint128).max) revert AmountTooLarge(amount);
        CONDITIONS.checkTerms(terms.conditions);
        bool wasSealed = _requireBenchmark(terms);
        id = ++_count;
        _bounties[id] = Bounty(State.Open, wasSealed, msg.sender, token, amount, 0, terms);
        emit Funded(id, msg.sender, terms.benchmark, token, amount, wasSealed, terms);
    }

    /// @dev Takes what the sender of a withdrawal names for a trainer. Only under `nonReentrant`.
    function _withdraw(address trainer, address token, address to) private returns (uint256 amount) {
        amount = _owed[trainer][token];
        if (amount == 0) revert NothingOwed(trainer, token);
        _owed[trainer][token] = 0;
        emit Withdrawn(trainer, token, to, amount);
        _payOut(token, to, amount);
    }

    /// @dev A funder who is also the sealer gains nothing by opening late, or by not opening until the deadline.
    function _claimableUntil(Bounty storage entry) private view returns (uint256 deadline) {
        deadline = entry.terms.deadline;
        if (!entry.wasSealed) return deadline;
        IScores.Board memory board = SCORES.boardOf(entry.terms.benchmark);
        uint256 afterOpening = (board.openedAt == 0 ? board.openBy : board.openedAt) + CLAIM_TIME;
        if (afterOpening > deadline) deadline = afterOpening;
    }

    /// @dev Rejects benchmarks on which the terms could not be met, or not be shown to be.
    /// @return wasSealed whether it is not open
    function _requireBenchmark(Terms calldata terms) private view returns (bool wasSealed) {
        IScores.Board memory board = SCORES.boardOf(terms.benchmark);
        wasSealed = board.openedAt == 0;
        if (!wasSealed) {
            bool tooMany = board.measure == IScores.Measure.RowsRight && terms.threshold > board.rows;
            if (tooMany) revert ThresholdOutOfReach(terms.threshold, board.rows);
        } else {
            if (board.openBy == 0) revert UnknownBenchmark(terms.benchmark);
            if (board.openBy <= block.timestamp || board.openBy > block.timestamp + MAX_DURATION) {
                revert OpeningOutOfRange(terms.benchmark, board.openBy);
            }
        }
        _requirePublic(terms.conditions.disjointFrom, board.dataset);
    }

    /// @dev What a claim must show of a dataset, its registration shows everybody, or the opening of the benchmark.
    function _requirePublic(DatasetId dataset, bytes32 ofBenchmark) private view {
        bytes32 id = DatasetId.unwrap(dataset);
        if (id == 0 || id == ofBenchmark) return;
        bool registered = CONDITIONS.attestations().datasets().dataset(dataset).registrar != address(0);
        if (!registered) revert DatasetNotPublic(id);
    }

    function _requireAhead(uint256 deadline) private view {
        if (deadline <= block.timestamp || deadline > block.timestamp + MAX_DURATION) revert DeadlineOutOfRange(deadline);
    }

    function _requireScore(bytes32 model, Terms memory terms) private view {
        IScores.Score memory score = SCORES.scoreOf(model, terms.benchmark);
        if (score.measure == IScores.Measure.None) revert NoScore(model, terms.benchmark);
        bool enough = score.measure == IScores.Measure.RowsRight
            ? score.value >= terms.threshold
            : score.value <= terms.threshold;
        if (!enough) revert ScoreNotEnough(score.value, terms.threshold);
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IBountyBoard).interfaceId;
    }
}
