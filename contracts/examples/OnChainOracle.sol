// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IInferences} from "../interfaces/IInferences.sol";
import {ILineage} from "../interfaces/ILineage.sol";
import {ModelId} from "../interfaces/Ids.sol";
import {Proof} from "../interfaces/Proof.sol";

/// @title Example: act on proved outputs of the newest descendant of a named model alone
/// @notice The publisher of a base model goes on training it. Whoever points out a newer descendant of the publisher's makes this
/// contract follow it; outputs of older ones are refused from then on. "Newest" is what has been pointed out: nothing searches the
/// tree of models here, and anybody who wants the newest may say so in the same transaction. Only the publisher's own
/// models are followed: anybody can train a descendant, and it would be the newest. So the publisher is trusted: who may register a
/// model when the inputs are known can choose among many by what they give.
contract OnChainOracle {
    IInferences private immutable INFERENCES;
    ILineage private immutable LINEAGE;
    bytes32 public immutable BASE;
    address public immutable PUBLISHER;

    /// @notice The newest descendant that is known here.
    bytes32 public model;

    event Followed(bytes32 indexed from, bytes32 indexed to);

    error UnknownBase(bytes32 base);
    error NotADescendant(bytes32 model, bytes32 base);
    error NotOfThePublisher(bytes32 model, address trainer);
    error NotNewer(bytes32 model, bytes32 known);
    error OutdatedModel(bytes32 model, bytes32 newest);

    /// @param base of which descendants are followed, registered
    constructor(IInferences inferences, bytes32 base) {
        (INFERENCES, LINEAGE, BASE) = (inferences, inferences.registry(), base);
        if (LINEAGE.kindOf(base) == ILineage.Kind.None) revert UnknownBase(base);
        PUBLISHER = LINEAGE.trainerOf(base);
        model = base;
    }

    /// @notice Follows a newer descendant on the base's first line (ILineage.isAncestor) that the publisher registered.
    function follow(bytes32 newer) external {
        if (!LINEAGE.isAncestor(BASE, newer)) revert NotADescendant(newer, BASE);
        address trainer = LINEAGE.trainerOf(newer);
        if (trainer != PUBLISHER) revert NotOfThePublisher(newer, trainer);
        // Numbers say in which order models were registered.
        if (LINEAGE.numberOf(newer) <= LINEAGE.numberOf(model)) revert NotNewer(newer, model);
        emit Followed(model, newer);
        model = newer;
    }

    /// @dev Proved outputs of the newest model on these inputs, or nothing happens. The inputs are the caller's to make.
    function _proven(
        address prover,
        IInferences.InferenceClaim calldata claim,
        bytes memory inputs,
        bytes calldata outputs,
        Proof calldata proof
    ) internal view {
        bytes32 used = ModelId.unwrap(INFERENCES.check(prover, claim, inputs, outputs, proof).model);
        if (used != model) revert OutdatedModel(used, model);
    }
}
