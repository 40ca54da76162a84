// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {ILineageReader} from "./interfaces/ILineageReader.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {ModelId, ShardId} from "./interfaces/Ids.sol";
import {NodeLine} from "./libraries/NodeLine.sol";
import {Ways} from "./libraries/Ways.sol";

/// @title LineageReader
/// @notice Stores nothing and has no owner: all answers follow from the registry's.
contract LineageReader is ILineageReader, Described {
    using Ways for IModelRegistry;

    /// @dev All of a descendant: parts are in units of 10^-18.
    uint256 private constant WHOLE = 1e18;
    uint256 private constant MAX_PARENTS = 8;
    // A parent as `edge` gives it: | weight 224 | number 32 |.
    uint256 private constant WEIGHT = 32;
    uint256 private constant NUMBER_MASK = (1 << 32) - 1;

    IModelRegistry private immutable REGISTRY;

    /// @param registry whose nodes are asked about; trusted to answer as IModelRegistry says
    constructor(IModelRegistry registry) {
        REGISTRY = registry;
    }

    // ------------------------------------------------------------------------------------------------ walks

    /// @inheritdoc ILineageReader
    function weightedParents(bytes32 id) external view returns (WeightedParent[] memory) {
        (,,, uint256[] memory parts) = REGISTRY.edge(id);
        return _weighted(parts);
    }

    /// @inheritdoc ILineageReader
    function nearestCommonAncestor(bytes32 a, bytes32 b) external view returns (bytes32) {
        (uint256 left, uint256 right) = (REGISTRY.numberOf(a), REGISTRY.numberOf(b));
        (uint256 leftDepth, uint256 rightDepth) = (_line(left).depth(), _line(right).depth());
        if (leftDepth > rightDepth) left = _climb(left, rightDepth);
        if (rightDepth > leftDepth) right = _climb(right, leftDepth);
        // From equal depths jumps lead to equal depths: go as far as the lines are still apart.
        while (left != right) {
            (NodeLine one, NodeLine other) = (_line(left), _line(right));
            if (one.depth() == 0) return 0;
            if (one.jump() != other.jump()) (left, right) = (one.jump(), other.jump());
            else if (one.parentJump() != other.parentJump()) (left, right) = (one.parentJump(), other.parentJump());
            else (left, right) = (one.parent(), other.parent());
        }
        return REGISTRY.nodeAt(left);
    }

    /// @inheritdoc ILineageReader
    function trainersAlong(bytes32 id, uint256 limit) external view returns (address[] memory page, bytes32 next) {
        uint256 number = REGISTRY.numberOf(id);
        // The line has one node more than edges, unless there is no such node.
        uint256 count = number == 0 ? 0 : _line(number).depth() + 1;
        if (count > limit) count = limit;
        page = new address[](count);
        next = number == 0 ? bytes32(0) : id;
        for (uint256 i = 0; i < count; ++i) {
            page[i] = REGISTRY.trainerOf(next);
            number = _line(number).parent();
            next = REGISTRY.nodeAt(number);
        }
    }

    /// @inheritdoc ILineageReader
    function origins(bytes32 id, uint256 limit) external view returns (bytes32[] memory found, bool complete) {
        uint256 start = REGISTRY.numberOf(id);
        if (start == 0) return (found, true);
        // Every line followed adds at most one origin, one merge and the merge's parents.
        uint256 bound = _least(limit, REGISTRY.nodeCount());
        uint256[] memory met = new uint256[](bound);
        uint256[] memory lines = new uint256[](1 + bound * MAX_PARENTS);
        uint256 pending = 1;
        lines[0] = start;
        uint256 ends = 0;
        // `met` holds the origins from the front and the merges from the back.
        uint256 firstMerge = bound;
        for (uint256 followed = 0; pending != 0 && followed < limit; ++followed) {
            uint256 number = lines[--pending];
            uint256 merges = _line(number).merges();
            if (merges == 0) {
                number = _climb(number, 0);
                if (_contains(met, 0, ends, number)) continue;
                met[ends] = number;
                ++ends;
                continue;
            }
            number = _climbToMerge(number, merges);
            if (_contains(met, firstMerge, bound, number)) continue;
            met[--firstMerge] = number;
            (,,, uint256[] memory parts) = REGISTRY.edge(REGISTRY.nodeAt(number));
            for (uint256 i = 0; i < parts.length; ++i) {
                lines[pending] = parts[i] & NUMBER_MASK;
                ++pending;
            }
        }
        complete = pending == 0;
        found = new bytes32[](ends);
        for (uint256 i = 0; i < ends; ++i) {
            found[i] = REGISTRY.nodeAt(met[i]);
        }
    }

    /// @inheritdoc ILineageReader
    function wayOf(bytes32 ancestor, bytes32 descendant, bytes32[] calldata steps)
        external
        view
        returns (uint256 part, uint256 merges)
    {
        if (!REGISTRY.leads(ancestor, descendant, steps)) revert NotAWay(ancestor, descendant);
        part = WHOLE;
        bytes32 from = descendant;
        for (uint256 i = 0; i < steps.length; i += 2) {
            (bytes32 child, bytes32 parent) = (steps[i], steps[i + 1]);
            uint256 met;
            (part, met) = _alongFirstLine(part, from, child);
            part = _through(part, child, REGISTRY.numberOf(parent));
            merges += met + 1;
            from = parent;
        }
        uint256 last;
        (part, last) = _alongFirstLine(part, from, ancestor);
        merges += last;
    }

    // ------------------------------------------------------------------------------------------------ bulk

    /// @inheritdoc ILineageReader
    function nodes(uint256 from, uint256 count) external view returns (Entry[] memory page) {
        uint256 end;
        (from, end,) = _range(from, count);
        page = new Entry[](end - from);
        for (uint256 i = 0; i < page.length; ++i) {
            bytes32 id = REGISTRY.nodeAt(from + i);
            page[i] = Entry(id, REGISTRY.node(id), REGISTRY.isForeign(id));
        }
    }

    /// @inheritdoc ILineageReader
    function edgesOfTrainer(address trainer, uint256 from, uint256 count)
        external
        view
        returns (Edge[] memory page, uint256 next)
    {
        uint256 end;
        (from, end, next) = _range(from, count);
        page = new Edge[](end - from);
        uint256 found = 0;
        for (uint256 number = from; number < end; ++number) {
            bytes32 id = REGISTRY.nodeAt(number);
            (address by,, uint256 timestamp, uint256[] memory parts) = REGISTRY.edge(id);
            if (by != trainer) continue;
            page[found] = Edge(id, number, timestamp, _weighted(parts));
            ++found;
        }
        assembly ("memory-safe") {
            mstore(page, found)
        }
    }

    /// @inheritdoc ILineageReader
    function nodesTrainedOn(ShardId shard, uint256 from, uint256 count)
        external
        view
        returns (bytes32[] memory page, uint256 next)
    {
        uint256 end;
        (from, end, next) = _range(from, count);
        page = new bytes32[](end - from);
        uint256 found = 0;
        for (uint256 number = from; number < end; ++number) {
            bytes32 id = REGISTRY.nodeAt(number);
            ShardId[] memory shards = REGISTRY.shardsOf(ModelId.wrap(id));
            for (uint256 i = 0; i < shards.length; ++i) {
                if (ShardId.unwrap(shards[i]) != ShardId.unwrap(shard)) continue;
                page[found] = id;
                ++found;
                break;
            }
        }
        assembly ("memory-safe") {
            mstore(page, found)
        }
    }

    /// @inheritdoc ILineageReader
    function lineage() external view returns (ILineage) {
        return REGISTRY;
    }

    // ------------------------------------------------------------------------------------------------ inside

    /// @dev The part of a node on the first line of another, and the merges between them: `from` counts, `to` does not.
    /// @param part of `from` in what was asked about
    function _alongFirstLine(uint256 part, bytes32 from, bytes32 to)
        private
        view
        returns (uint256 partOfEnd, uint256 met)
    {
        uint256 number = REGISTRY.numberOf(from);
        uint256 merges = _line(number).merges();
        uint256 above = _line(REGISTRY.numberOf(to)).merges();
        met = merges - above;
        partOfEnd = part;
        for (; merges > above && partOfEnd != 0; --merges) {
            number = _climbToMerge(number, merges);
            uint256 parent = _line(number).parent();
            partOfEnd = _through(partOfEnd, REGISTRY.nodeAt(number), parent);
            number = parent;
        }
    }

    /// @dev What a parent carries of a part of its child.
    /// @param parent number of one of its parents
    function _through(uint256 part, bytes32 child, uint256 parent) private view returns (uint256) {
        (,,, uint256[] memory parts) = REGISTRY.edge(child);
        uint256 weight = 0;
        uint256 sum = 0;
        for (uint256 i = 0; i < parts.length; ++i) {
            uint256 weight_ = parts[i] >> WEIGHT;
            sum += weight_;
            if (parts[i] & NUMBER_MASK == parent) weight = weight_;
        }
        return part * weight / sum;
    }

    function _weighted(uint256[] memory parts) private view returns (WeightedParent[] memory list) {
        list = new WeightedParent[](parts.length);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = WeightedParent(REGISTRY.nodeAt(parts[i] & NUMBER_MASK), parts[i] >> WEIGHT);
        }
    }

    /// @dev The numbers `start` to `end` - 1, of which there may be none, and where the next page starts, 0 after the last.
    function _range(uint256 from, uint256 count) private view returns (uint256 start, uint256 end, uint256 next) {
        start = from == 0 ? 1 : from;
        uint256 last = REGISTRY.nodeCount();
        if (start > last) return (start, start, 0);
        end = start + _least(count, last - start + 1);
        next = end > last ? 0 : end;
    }

    function _line(uint256 number) private view returns (NodeLine) {
        return NodeLine.wrap(REGISTRY.line(number));
    }

    /// @dev The node of that depth on the first line, which has one.
    function _climb(uint256 number, uint256 depth) private view returns (uint256) {
        NodeLine line = _line(number);
        while (line.depth() != depth) {
            if (line.jumpDepth() >= depth) number = line.jump();
            else if (line.parentJumpDepth() >= depth) number = line.parentJump();
            else number = line.parent();
            line = _line(number);
        }
        return number;
    }

    /// @dev The deepest merge on a first line that has `merges` of them: the uppermost node that still counts so many.
    function _climbToMerge(uint256 number, uint256 merges) private view returns (uint256) {
        while (true) {
            NodeLine line = _line(number);
            if (_line(line.jump()).merges() == merges) number = line.jump();
            else if (_line(line.parentJump()).merges() == merges) number = line.parentJump();
            else if (_line(line.parent()).merges() == merges) number = line.parent();
            else break;
        }
        return number;
    }

    function _contains(uint256[] memory list, uint256 from, uint256 to, uint256 value) private pure returns (bool) {
        for (uint256 i = from; i < to; ++i) {
            if (list[i] == value) return true;
        }
        return false;
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(ILineageReader).interfaceId;
    }
}
