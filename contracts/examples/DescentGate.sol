// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {ILineage} from "../interfaces/ILineage.sol";

/// @title Example: only descendants of one model may enter
/// @notice A house that serves models which all descend from its base model, and in whose whole ancestry no import was declared.
/// That does not keep weights made elsewhere out: see ILineage.isDeclared.
contract DescentGate {
    ILineage private immutable LINEAGE;
    bytes32 public immutable BASE;

    mapping(bytes32 model => bool) public admitted;

    event Admitted(bytes32 indexed model, address indexed trainer);

    error NotTheTrainer(bytes32 model, address account);
    error NotADescendant(bytes32 model);
    error DeclaredOrigin(bytes32 model);

    constructor(address lineage, bytes32 base) {
        LINEAGE = ILineage(lineage);
        BASE = base;
    }

    /// @notice Admits the sender's model.
    /// @param path empty if the base lies on the model's first line; otherwise a path from the base to the model, found
    /// off chain and checked here edge by edge
    function enter(bytes32 model, bytes32[] calldata path) external {
        if (LINEAGE.trainerOf(model) != msg.sender) revert NotTheTrainer(model, msg.sender);
        bool descends = path.length == 0
            ? LINEAGE.isAncestor(BASE, model)
            : path[0] == BASE && path[path.length - 1] == model && LINEAGE.isAncestorVia(path);
        if (!descends) revert NotADescendant(model);
        if (LINEAGE.isDeclared(model)) revert DeclaredOrigin(model);
        admitted[model] = true;
        emit Admitted(model, msg.sender);
    }
}
