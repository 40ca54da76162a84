// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {LineageReader} from "../../../contracts/LineageReader.sol";
import {ModelRegistry} from "../../../contracts/ModelRegistry.sol";
import {AcceptingVerifiers} from "../../../contracts/mocks/VerifierMocks.sol";
import {ILineage} from "../../../contracts/interfaces/ILineage.sol";
import {IForeignProgram} from "../../../contracts/interfaces/IForeignPrograms.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {IVerifiers} from "../../../contracts/interfaces/IVerifiers.sol";
import {ModelId} from "../../../contracts/interfaces/Ids.sol";
import {G1Point, Proof} from "../../../contracts/interfaces/Proof.sol";
import {CHEATS, holds, within} from "./Cheats.sol";

/// @dev Vouches for every child.
contract AnyChild is IForeignProgram {
    string public constant name = "any child";

    function verify(address, address, bytes32[] calldata, bytes32, bytes calldata) external pure returns (bytes4) {
        return IForeignProgram.verify.selector;
    }
}

/// @dev What anybody can try on a registry, in any order, with few enough models that most calls meet others. It remembers
/// for every model who was first, and how it came to be.
contract RegistryActor {
    /// @dev Models are the commitments (1, 0) .. (MODELS, 0).
    uint256 public constant MODELS = 300;
    uint256 private constant RATE = 64;

    ModelRegistry public immutable registry;
    uint256 private immutable SHAPE;
    uint256 private immutable DESCRIPTOR;
    Proof private _proof;

    /// @dev Ids in the order of registration, and what was seen at that moment.
    bytes32[] public ids;
    mapping(bytes32 id => bytes32) public recorded;
    mapping(bytes32 id => bytes32) public firstParent;
    mapping(bytes32 id => uint256) public depth;
    mapping(bytes32 id => uint256) public stackOf;
    mapping(bytes32 id => bool) public foreign;
    uint256 private immutable PROGRAM;
    /// @dev Registrations of a model that stood, of a child without its parents, or of one model by two parents twice.
    uint256 public wrongs;
    mapping(ILineage.Kind => uint256) public made;

    constructor() {
        registry = new ModelRegistry(IVerifiers(address(new AcceptingVerifiers())), address(0));
        PROGRAM = registry.foreignPrograms().add(address(new AnyChild()));
        // 2-3: widths less one, the inputs' also of the absent layers, and b_4 behind the 8 entries of W_4
        SHAPE = 1 | (1 << 12) | (1 << 24) | (1 << 36) | (2 << 48) | (8 << (63 + 23 * 7));
        registry.registerShard(2, 3, 4, IModelRegistry.ShardKind.Classes, 0, _point(1), _proof);
        // inputs - 1, outputs - 1, rows - 1, classes, offsets of X (8 entries) and Y (16 entries), Y first
        DESCRIPTOR = 1 | (2 << 12) | (3 << 24) | (1 << 36) | (16 << 37);
    }

    function importModel(uint256 who, uint256 model) external {
        bool stood = _stands(_pick(model));
        CHEATS.prank(trainer(who));
        try registry.importModel(SHAPE, bytes32(model), 0, _point(_pick(model)), _proof) returns (ModelId id) {
            if (stood) ++wrongs;
            _record(ModelId.unwrap(id), 0, 0);
        } catch {}
    }

    /// @dev Mostly below the newest model, so that lines get long.
    function train(uint256 who, uint256 parent, uint256 child) external {
        uint256 above = parent % 4 == 0 || ids.length == 0 ? _pick(parent >> 2) : newest;
        bool right = _stands(above) && !_stands(_pick(child));
        IModelRegistry.TrainEdge memory edge =
            IModelRegistry.TrainEdge(_point(above), SHAPE, _point(1), DESCRIPTOR, RATE, 2, 1, 0, _point(_pick(child)));
        CHEATS.prank(trainer(who));
        try registry.train(edge, _proof) returns (ModelId id) {
            if (!right) ++wrongs;
            newest = _pick(child);
            _record(ModelId.unwrap(id), idOf(above), 0);
        } catch {}
    }

    function merge(uint256 who, uint256 first, uint256 second, uint256 child) external {
        (uint256 one, uint256 other) = (_pick(first), _pick(second));
        bool right = _stands(one) && _stands(other) && one != other && !_stands(_pick(child));
        IModelRegistry.MergeEdge memory edge;
        edge.parents = new G1Point[][](2);
        (edge.parents[0], edge.parents[1]) = (_point(one), _point(other));
        edge.shape = SHAPE;
        edge.coefficients = new int24[][](1);
        edge.coefficients[0] = new int24[](2);
        (edge.coefficients[0][0], edge.coefficients[0][1]) = (8_192, 8_192);
        edge.child = _point(_pick(child));
        CHEATS.prank(trainer(who));
        try registry.merge(edge, _proof) returns (ModelId id) {
            if (!right) ++wrongs;
            _record(ModelId.unwrap(id), idOf(one), idOf(other));
        } catch {}
    }

    function adopt(uint256 who, uint256 first, uint256 second, uint256 child) external {
        (uint256 one, uint256 other) = (_pick(first), _pick(second));
        bool right = _stands(one) && _stands(other) && one != other && !_stands(_pick(child));
        IModelRegistry.ForeignEdge memory edge;
        (edge.shape, edge.program, edge.child) = (SHAPE, PROGRAM, _point(_pick(child)));
        edge.parents = new ModelId[](2);
        (edge.parents[0], edge.parents[1]) = (ModelId.wrap(idOf(one)), ModelId.wrap(idOf(other)));
        CHEATS.prank(trainer(who));
        try registry.registerForeign(edge, _proof) returns (ModelId id) {
            if (!right) ++wrongs;
            _record(ModelId.unwrap(id), idOf(one), idOf(other));
        } catch {}
    }

    /// @dev Small ones mostly: with large ones every stack would soon be above the whole.
    function chooseShare(uint256 who, uint256 share) external {
        bool small = share % 4 != 0;
        share = (share >> 2) % (small ? 40 : 7_000);
        CHEATS.prank(trainer(who));
        try registry.chooseShare(share) {
            if (share > 5_000) ++wrongs;
        } catch {
            if (share <= 5_000) ++wrongs;
        }
    }

    uint256 public newest;

    function count() external view returns (uint256) {
        return ids.length;
    }

    function trainer(uint256 who) public pure returns (address) {
        return address(uint160(0xa11ce0 + who % 3));
    }

    /// @dev Everything that must never change of a node.
    function snapshot(bytes32 id) public view returns (bytes32) {
        (address trainer_, uint256 number, uint256 share, uint256 stack) = registry.creditOf(id);
        bytes memory credit = abi.encode(trainer_, number, share, stack, registry.isForeign(id));
        return keccak256(abi.encode(registry.node(id), registry.parents(id), credit));
    }

    /// @dev The first parent's first parent and so on; zero beyond the origin.
    function up(bytes32 id, uint256 steps) public view returns (bytes32) {
        for (uint256 i = 0; i < steps; ++i) {
            id = firstParent[id];
        }
        return id;
    }

    /// @dev Where two first lines meet, step by step; zero where they do not.
    function meeting(bytes32 a, bytes32 b) external view returns (bytes32) {
        if (depth[a] > depth[b]) a = up(a, depth[a] - depth[b]);
        if (depth[b] > depth[a]) b = up(b, depth[b] - depth[a]);
        while (a != b) (a, b) = (firstParent[a], firstParent[b]);
        return a;
    }

    function idOf(uint256 model) public view returns (bytes32) {
        return keccak256(abi.encode(model, uint256(0), SHAPE));
    }

    function _record(bytes32 id, bytes32 parent, bytes32 other) private {
        uint256 stack = registry.chosenShare(registry.trainerOf(id)) + stackOf[parent] + stackOf[other];
        stackOf[id] = stack > 10_000 ? 10_001 : stack;
        foreign[id] = registry.kindOf(id) == ILineage.Kind.Foreign || foreign[parent] || foreign[other];
        ids.push(id);
        firstParent[id] = parent;
        if (parent != 0) depth[id] = depth[parent] + 1;
        recorded[id] = snapshot(id);
        ++made[registry.kindOf(id)];
    }

    function _stands(uint256 model) private view returns (bool) {
        return recorded[idOf(model)] != 0;
    }

    function _pick(uint256 any) private pure returns (uint256) {
        return within(any, 1, MODELS);
    }

    function _point(uint256 model) private pure returns (G1Point[] memory points) {
        points = new G1Point[](1);
        points[0] = G1Point(model, 0);
    }
}

contract RegistryInvariantTest {
    RegistryActor private _actor;
    ModelRegistry private _registry;
    LineageReader private _reader;

    function setUp() external {
        _actor = new RegistryActor();
        _registry = _actor.registry();
        _reader = new LineageReader(_registry);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actor);
    }

    /// The actor gets everywhere: what the invariants watch does happen.
    function test_the_actor_makes_every_kind_of_edge() external {
        _actor.importModel(0, 0);
        _actor.importModel(1, 1);
        _actor.train(2, 0, 2);
        _actor.merge(0, 2, 1, 3);
        _actor.train(1, 1, 4);
        holds(_actor.made(ILineage.Kind.Import) == 2 && _actor.made(ILineage.Kind.Merge) == 1, "imports and a merge");
        holds(_actor.made(ILineage.Kind.Train) == 2 && _actor.count() == 5, "children");
        _actor.importModel(2, 3);
        _actor.train(1, 400, 5);
        holds(_actor.count() == 5 && _actor.wrongs() == 0, "neither a model that stands nor a child of none");
        _actor.chooseShare(1, 25_000);
        _actor.chooseShare(1, 27_999);
        _actor.adopt(1, 0, 1, 9);
        holds(_actor.made(ILineage.Kind.Foreign) == 1 && _actor.wrongs() == 0, "a foreign child");
        holds(_actor.stackOf(_actor.ids(5)) > 0, "with a share");
    }

    /// A child is fresh, its parents are registered; nothing else gets in, and every registration has its number.
    function invariant_children_are_fresh_and_none_is_an_orphan() external view {
        holds(_actor.wrongs() == 0, "only fresh children of registered parents");
        uint256 count = _actor.count();
        holds(_registry.nodeCount() == count, "one number for each registration");
        if (count == 0) return;
        bytes32 id = _registry.nodeAt(count);
        holds(id == _actor.ids(count - 1), "numbers in order");
        ILineage.Kind kind = _registry.kindOf(id);
        bytes32[] memory parents = _registry.parents(id);
        uint256 wanted = kind == ILineage.Kind.Import ? 0 : kind == ILineage.Kind.Train ? 1 : 2;
        holds(parents.length == wanted, "as many parents as the kind has");
        for (uint256 i = 0; i < parents.length; ++i) {
            holds(_registry.kindOf(parents[i]) != ILineage.Kind.None, "no orphan edge");
            (bytes32[] memory page,) = _registry.children(parents[i], 0, 1);
            holds(page[0] == id, "the newest child of each of its parents");
        }
    }

    /// Every edge leads from a greater number to a smaller one, so there is no way round.
    function invariant_no_cycles() external view {
        uint256 number = _registry.nodeCount();
        if (number == 0) return;
        bytes32[] memory parents = _registry.parents(_registry.nodeAt(number));
        for (uint256 i = 0; i < parents.length; ++i) {
            holds(_registry.node(parents[i]).number < number, "parents come first");
        }
    }

    /// A stack is the share that was chosen then and the stacks of all parents, and foreign is what descends from a foreign child.
    function invariant_stacks_and_marks_follow_from_the_parents() external view {
        uint256 count = _actor.count();
        for (uint256 i = 0; i < 2 && i < count; ++i) {
            bytes32 id = _actor.ids(i == 0 ? count - 1 : _any(20) % count);
            (,,, uint256 stack) = _registry.creditOf(id);
            holds(stack == _actor.stackOf(id), "the stack of a walk");
            holds(_registry.isForeign(id) == _actor.foreign(id), "foreign from above");
        }
    }

    /// What was stored of a node when it was made is what is stored now: author, kind, parents, weights.
    function invariant_nodes_never_change() external view {
        uint256 count = _actor.count();
        for (uint256 i = 0; i < 2 && i < count; ++i) {
            bytes32 id = _actor.ids(_any(i) % count);
            holds(_actor.snapshot(id) == _actor.recorded(id), "nodes are immutable");
        }
    }

    /// Jump pointers answer what a walk along the recorded first parents answers.
    function invariant_jump_pointers_equal_a_naive_walk() external view {
        uint256 count = _actor.count();
        if (count == 0) return;
        (bytes32 a, bytes32 b) = (_actor.ids(_any(10) % count), _actor.ids(count - 1));
        (uint256 depthOfA, uint256 depthOfB) = (_actor.depth(a), _actor.depth(b));
        holds(_registry.depthOf(b) == depthOfB, "depth");
        bytes32 reached = depthOfA > depthOfB ? bytes32(0) : _actor.up(b, depthOfB - depthOfA);
        holds(_registry.ancestorAt(b, depthOfA) == reached, "ancestorAt");
        holds(_registry.isAncestor(a, b) == (reached == a), "isAncestor");
        holds(_reader.nearestCommonAncestor(a, b) == _actor.meeting(a, b), "common");
    }

    function _any(uint256 salt) private view returns (uint256) {
        return uint256(keccak256(abi.encode(salt, _actor.count(), _actor.newest())));
    }
}
