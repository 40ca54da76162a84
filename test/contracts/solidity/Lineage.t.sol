// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {LineageReader} from "../../../contracts/LineageReader.sol";
import {ILineage} from "../../../contracts/interfaces/ILineage.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {LineageHarness} from "../../../contracts/mocks/LineageHarness.sol";
import {holds} from "./Cheats.sol";

/// @dev Random lineages against a naive walk over a plain list of first parents.
contract LineageTest {
    uint256 private constant COUNT = 40;

    LineageHarness private immutable LINEAGE = new LineageHarness();
    LineageReader private immutable READER = new LineageReader(IModelRegistry(address(LINEAGE)));

    function testFuzz_JumpPointersEqualANaiveWalk(uint256 shape) external {
        uint256[COUNT + 1] memory parent;
        LINEAGE.addOrigin(bytes32(uint256(1)), ILineage.Kind.Seed);
        for (uint256 i = 2; i <= COUNT; ++i) {
            uint256 choice = uint256(keccak256(abi.encode(shape, i)));
            // Mostly a long line, now and then a branch from anywhere, rarely another origin.
            if (choice % 16 == 0) {
                LINEAGE.addOrigin(bytes32(i), ILineage.Kind.Seed);
            } else {
                parent[i] = choice % 4 == 0 ? 1 + (choice >> 8) % (i - 1) : i - 1;
                LINEAGE.addChild(bytes32(i), bytes32(parent[i]));
            }
        }
        uint256 a = 1 + (shape >> 8) % COUNT;
        uint256 b = 1 + (shape >> 16) % COUNT;
        (uint256 depthOfA, uint256 depthOfB) = (_depth(parent, a), _depth(parent, b));
        holds(LINEAGE.depthOf(bytes32(a)) == depthOfA, "depth");
        holds(LINEAGE.isAncestor(bytes32(a), bytes32(b)) == (_climb(parent, b, depthOfA) == a), "isAncestor");
        uint256 wanted = (shape >> 24) % (depthOfB + 2);
        holds(READER.nearestCommonAncestor(bytes32(a), bytes32(b)) == bytes32(_common(parent, a, b)), "common");
        holds(LINEAGE.ancestorAt(bytes32(b), wanted) == bytes32(_climb(parent, b, wanted)), "ancestorAt");
        (bytes32[] memory found, bool complete) = READER.origins(bytes32(b), 1);
        holds(complete && found.length == 1 && found[0] == bytes32(_climb(parent, b, 0)), "origins");
    }

    function _depth(uint256[COUNT + 1] memory parent, uint256 node) private pure returns (uint256 depth) {
        for (; parent[node] != 0; node = parent[node]) {
            ++depth;
        }
    }

    /// @dev 0 where the line has no node of that depth.
    function _climb(uint256[COUNT + 1] memory parent, uint256 node, uint256 depth) private pure returns (uint256) {
        uint256 reached = _depth(parent, node);
        if (reached < depth) return 0;
        for (; reached > depth; --reached) {
            node = parent[node];
        }
        return node;
    }

    function _common(uint256[COUNT + 1] memory parent, uint256 a, uint256 b) private pure returns (uint256) {
        for (uint256 x = a; x != 0; x = parent[x]) {
            for (uint256 y = b; y != 0; y = parent[y]) {
                if (x == y) return x;
            }
        }
        return 0;
    }
}
