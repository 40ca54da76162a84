// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILineage} from "../interfaces/ILineage.sol";
import {Ways} from "../libraries/Ways.sol";

/// @title Test only: what Ways says of a registry
contract WaysHarness {
    ILineage private immutable LINEAGE;

    constructor(ILineage lineage) {
        LINEAGE = lineage;
    }

    function leads(bytes32 ancestor, bytes32 descendant, bytes32[] calldata steps) external view returns (bool) {
        return Ways.leads(LINEAGE, ancestor, descendant, steps);
    }
}
