// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {MockLineage} from "../../../contracts/mocks/MockLineage.sol";

/// @dev A small lineage in which every shape of descent occurs: lines, a merge, a merge of a merge with its own parent,
/// and a declared import. Ids are 1..COUNT, parents before children.
///
///     1 seed   2 import   3 = train(1)   4 = merge(3, 2)   5 = train(4)   6 = merge(5, 4, 1)   7 = train(6)
contract Family {
    uint256 internal constant COUNT = 7;
    uint256 internal constant TRAINERS = 3;

    MockLineage internal lineage = new MockLineage();

    function trainer(uint256 index) internal pure returns (address) {
        return address(uint160(0xa11ce0 + index % TRAINERS));
    }

    function build(uint256[5] memory weights) internal {
        lineage.addSeed(bytes32(uint256(1)), trainer(0));
        lineage.addImport(bytes32(uint256(2)), trainer(1));
        lineage.addTrain(bytes32(uint256(3)), trainer(2), bytes32(uint256(1)));
        bytes32[] memory two = new bytes32[](2);
        uint256[] memory twoWeights = new uint256[](2);
        (two[0], two[1], twoWeights[0], twoWeights[1]) =
            (bytes32(uint256(3)), bytes32(uint256(2)), weights[0], weights[1]);
        lineage.addMerge(bytes32(uint256(4)), trainer(0), two, twoWeights);
        lineage.addTrain(bytes32(uint256(5)), trainer(1), bytes32(uint256(4)));
        bytes32[] memory three = new bytes32[](3);
        uint256[] memory threeWeights = new uint256[](3);
        (three[0], three[1], three[2]) = (bytes32(uint256(5)), bytes32(uint256(4)), bytes32(uint256(1)));
        (threeWeights[0], threeWeights[1], threeWeights[2]) = (weights[2], weights[3], weights[4]);
        lineage.addMerge(bytes32(uint256(6)), trainer(0), three, threeWeights);
        lineage.addTrain(bytes32(uint256(7)), trainer(2), bytes32(uint256(6)));
    }
}
