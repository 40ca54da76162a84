// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {ILineage} from "../interfaces/ILineage.sol";
import {ILineageReader} from "../interfaces/ILineageReader.sol";
import {ITrainers} from "../interfaces/ITrainers.sol";

/// @title Example: pay every trainer of a lineage the same
/// @notice Lines can be long, so nothing here walks one in a single transaction: whoever cares calls `distribute` with as
/// many steps as fit a block. Trainers' money is fetched one by one, so none of them can hold up the others. It checks
/// nothing of the models: a line can hold any number of nodes of one trainer, each of which is paid. Where that matters, pay
/// through ICreditVault.
contract LineagePay {
    /// @param next the node whose trainer is paid next, zero when all were paid
    /// @param each what every node of the line earns its trainer
    struct Gift {
        bytes32 next;
        uint256 each;
    }

    ILineage private immutable LINEAGE;
    ILineageReader private immutable READER;
    ITrainers private immutable TRAINERS;

    mapping(uint256 gift => Gift) public gifts;
    mapping(address trainer => uint256) public owed;
    uint256 public giftCount;

    error UnknownModel(bytes32 model);
    error TooLittle(uint256 amount, uint256 nodes);
    error NothingOwed(address account);
    error TransferFailed(address to);

    /// @param reader of the registry whose trainers are paid
    /// @param trainers knows where their money goes
    constructor(ILineageReader reader, ITrainers trainers) {
        READER = reader;
        LINEAGE = reader.lineage();
        TRAINERS = trainers;
    }

    /// @notice Gives Ether to the trainers of a model's first line, equally for each node. What cannot be divided is the
    /// model's trainer's.
    function give(bytes32 model) external payable returns (uint256 gift) {
        ILineage.Node memory node = LINEAGE.node(model);
        if (node.kind == ILineage.Kind.None) revert UnknownModel(model);
        uint256 nodes = node.depth + 1;
        uint256 each = msg.value / nodes;
        if (each == 0) revert TooLittle(msg.value, nodes);
        gift = ++giftCount;
        gifts[gift] = Gift(model, each);
        owed[node.trainer] += msg.value - each * nodes;
    }

    /// @notice Credits the next trainers of a gift's line, at most `limit`.
    function distribute(uint256 gift, uint256 limit) external {
        Gift storage entry = gifts[gift];
        if (entry.next == 0) return;
        (address[] memory trainers, bytes32 next) = READER.trainersAlong(entry.next, limit);
        entry.next = next;
        for (uint256 i = 0; i < trainers.length; ++i) {
            owed[trainers[i]] += entry.each;
        }
    }

    /// @notice Sends what a trainer is owed to its payout address. Anyone may call it.
    function withdrawFor(address trainer) external {
        uint256 amount = owed[trainer];
        if (amount == 0) revert NothingOwed(trainer);
        owed[trainer] = 0;
        address to = TRAINERS.payoutOf(trainer);
        bool success;
        assembly ("memory-safe") {
            success := call(gas(), to, amount, 0, 0, 0, 0)
        }
        if (!success) revert TransferFailed(to);
    }
}
