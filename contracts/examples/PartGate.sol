// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IConditions} from "../interfaces/IConditions.sol";

/// @title Example: only models that carry at least x % of one model count
/// @notice For whoever wants to know that a model is mostly its base and not a grain of it. The part is what the weights of merges
/// say along the one way shown (ILineageReader.wayOf). A way along which nothing was merged has all of it, however long the
/// training was. A declared import may be among the other parents; a foreign program may not be, since the weights of its
/// parents are not proved.
contract PartGate {
    IConditions private immutable CONDITIONS;
    bytes32 public immutable BASE;
    /// @notice In units of 10^-18.
    uint256 public immutable LEAST_PART;

    /// @param base must be registered
    /// @param percent 0..100
    constructor(IConditions conditions, bytes32 base, uint256 percent) {
        CONDITIONS = conditions;
        BASE = base;
        LEAST_PART = percent * 1e16;
        conditions.checkTerms(terms());
    }

    /// @notice Passes if a model carries enough of the base along the way shown.
    /// @dev Hands on the errors of IConditions.check: PartTooSmall tells the part.
    /// @param steps empty if the base lies on the model's first line; otherwise the steps of a way
    function requirePart(bytes32 model, bytes32[] calldata steps) external view {
        IConditions.Evidence memory evidence;
        evidence.steps = steps;
        CONDITIONS.check(model, terms(), evidence);
    }

    /// @notice What is asked of a model.
    function terms() public view returns (IConditions.Terms memory asked) {
        asked.ancestor = BASE;
        asked.leastPart = LEAST_PART;
        asked.mostMerges = type(uint256).max;
        asked.noForeign = true;
    }
}
