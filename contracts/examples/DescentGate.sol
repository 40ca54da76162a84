// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IConditions} from "../interfaces/IConditions.sol";
import {ILineage} from "../interfaces/ILineage.sol";
import {ITrainers} from "../interfaces/ITrainers.sol";

/// @title Example: only models that descend from one model may enter
/// @notice A house that serves models which descend from its base model, and in whose whole ancestry no import was declared and no
/// foreign program has a part. That is all it checks. How much of the base a model carries, it does not ask: merging the base in
/// with the least of all weights is descent too (see PartGate). And weights made elsewhere can be led to by training on rows made
/// for that (see ILineage.isDeclared).
contract DescentGate {
    IConditions private immutable CONDITIONS;
    ILineage private immutable LINEAGE;
    ITrainers private immutable TRAINERS;
    bytes32 public immutable BASE;

    mapping(bytes32 model => bool) public admitted;

    event Admitted(bytes32 indexed model, address indexed trainer);

    error NotTheKey(address trainer, address account);

    /// @param base must be registered
    constructor(IConditions conditions, ITrainers trainers, bytes32 base) {
        CONDITIONS = conditions;
        LINEAGE = conditions.lineage();
        TRAINERS = trainers;
        BASE = base;
        conditions.checkTerms(terms());
    }

    /// @notice Admits a model. Only its trainer's key.
    /// @dev Hands on the errors of IConditions.check.
    /// @param steps empty if the base lies on the model's first line; otherwise the steps of a way, see ILineageReader.wayOf
    function enter(bytes32 model, bytes32[] calldata steps) external {
        address trainer = LINEAGE.trainerOf(model);
        if (TRAINERS.keyOf(trainer) != msg.sender) revert NotTheKey(trainer, msg.sender);
        IConditions.Evidence memory evidence;
        evidence.steps = steps;
        CONDITIONS.check(model, terms(), evidence);
        admitted[model] = true;
        emit Admitted(model, trainer);
    }

    /// @notice What is asked of a model.
    function terms() public view returns (IConditions.Terms memory asked) {
        asked.ancestor = BASE;
        asked.mostMerges = type(uint256).max;
        asked.undeclared = true;
        asked.noForeign = true;
    }
}
