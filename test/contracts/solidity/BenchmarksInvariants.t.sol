// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {Datasets} from "../../../contracts/Datasets.sol";
import {Trainers} from "../../../contracts/Trainers.sol";
import {IBenchmarks} from "../../../contracts/interfaces/IBenchmarks.sol";
import {BenchmarkId, DatasetId, ModelId, ShardId} from "../../../contracts/interfaces/Ids.sol";
import {IModelRegistry} from "../../../contracts/interfaces/IModelRegistry.sol";
import {BenchmarksHarness, MockShards} from "../../../contracts/mocks/BenchmarksHarness.sol";
import {CHEATS, holds, within} from "./Cheats.sol";

/// @dev Forces Ether on an account that would not take it.
contract Forcing {
    constructor(address payable target) payable {
        selfdestruct(target);
    }
}

/// @dev What openers, sealers, rankers and strangers can do, in any order, with the real datasets and trainers. What the board refuses
/// is caught, and nothing may have moved.
contract BoardsActor {
    uint256 private constant PEOPLE = 3;
    uint256 private constant MODELS = 6;
    uint256 private constant MOST = 8;
    address private constant SINK = address(0xbeef);

    MockShards private _registry = new MockShards();
    Trainers private _trainers = new Trainers(address(0));
    Datasets private _datasets = new Datasets(IModelRegistry(address(_registry)), _trainers, address(0));
    BenchmarksHarness public board =
        new BenchmarksHarness(IModelRegistry(address(_registry)), _datasets, _trainers);

    BenchmarkId[] private _seals;
    BenchmarkId[] private _open;
    mapping(BenchmarkId id => ShardId) private _shardOf;
    uint256 private _shards;

    uint256 public taken;
    uint256 public withdrawn;
    uint256 public forced;
    /// @dev Bonds that went back, or were burned, when they must not; fees that were not what the rules say.
    uint256 public wrongs;
    uint256 public returns_;
    uint256 public burns;
    uint256 public entries;

    constructor() {
        for (uint256 i = 1; i <= MODELS; ++i) {
            _registry.addSeed(bytes32(i), person(i));
        }
    }

    function person(uint256 index) public pure returns (address) {
        return address(uint160(0xa11ce0 + index % PEOPLE));
    }

    function seal(uint256 who, uint64 bond, uint256 blocks, uint256 time, uint64 fee) external {
        if (_seals.length == MOST) return;
        ShardId shard = ShardId.wrap(bytes32(++_shards));
        DatasetId dataset = _datasets.datasetId(person(who), _list(shard), "");
        CHEATS.deal(person(who), bond);
        CHEATS.prank(person(who));
        BenchmarkId id = board.sealBenchmark{value: bond}(
            dataset, block.number + blocks % 4, block.timestamp + within(time, 1, 30), _rules(fee)
        );
        taken += bond;
        _seals.push(id);
        _shardOf[id] = shard;
    }

    /// @dev Registers what was sealed, where that was not done before.
    function reveal(uint256 which) external {
        if (_seals.length == 0) return;
        BenchmarkId id = _seals[which % _seals.length];
        ShardId shard = _shardOf[id];
        if (_registry.shard(shard).owner != address(0)) return;
        _registry.addShard(shard);
        CHEATS.prank(board.sealOf(id).sealer);
        _datasets.registerDataset(_list(shard), "");
    }

    function unseal(uint256 which, uint256 by) external {
        if (_seals.length == 0) return;
        BenchmarkId id = _seals[which % _seals.length];
        IBenchmarks.Seal memory known = board.sealOf(id);
        uint256 owed = board.owed(known.sealer);
        CHEATS.prank(person(by));
        try board.unsealBenchmark(known.sealer, known.sealer, _list(_shardOf[id]), "") {
            _open.push(id);
            uint256 gained = board.owed(known.sealer) - owed;
            bool late = block.timestamp > known.openBy;
            if (gained != (late ? 0 : known.bond)) ++wrongs;
            if (gained != 0) ++returns_;
        } catch {
            if (board.owed(known.sealer) != owed) ++wrongs;
        }
    }

    function burn(uint256 which) external {
        if (_seals.length == 0) return;
        BenchmarkId id = _seals[which % _seals.length];
        IBenchmarks.Seal memory known = board.sealOf(id);
        uint256 before = board.BURNED().balance;
        try board.burnBond(id) {
            ++burns;
            bool right = known.state == IBenchmarks.SealState.Overdue && block.timestamp > known.openBy;
            if (!right || board.BURNED().balance != before + known.bond) ++wrongs;
        } catch {}
    }

    function open(uint256 who, uint64 fee) external {
        if (_open.length >= MOST) return;
        ShardId shard = ShardId.wrap(bytes32(++_shards));
        _registry.addShard(shard);
        CHEATS.prank(person(0));
        _datasets.registerDataset(_list(shard), "");
        CHEATS.prank(person(who));
        BenchmarkId id = board.openBenchmark(person(0), _list(shard), "", _rules(fee));
        _open.push(id);
        _shardOf[id] = shard;
    }

    /// @dev Sends what is due, or one wei more.
    function rank(uint256 which, uint256 any, uint256 value, uint256 by, bool tooMuch) external {
        if (_open.length == 0) return;
        BenchmarkId id = _open[which % _open.length];
        ModelId model = ModelId.wrap(bytes32(within(any, 1, MODELS)));
        board.setValue(model, _shardOf[id], value % 17);
        (uint256 due, address opener) = (board.feeOf(model, id), board.benchmark(id).opener);
        uint256 sent = due + (tooMuch ? 1 : 0);
        uint256 owed = board.owed(opener);
        CHEATS.deal(person(by), sent);
        CHEATS.prank(person(by));
        try board.rank{value: sent}(model, id, new bytes32[](0)) {
            taken += sent;
            ++entries;
            if (tooMuch || board.owed(opener) != owed + due) ++wrongs;
        } catch {}
    }

    function withdraw(uint256 who, uint256 by, bool toPayout) external {
        address account = person(who);
        uint256 owed = board.owed(account);
        CHEATS.prank(person(by));
        if (toPayout) {
            try board.withdrawFor(account) returns (uint256 amount) {
                if (amount != owed || owed == 0) ++wrongs;
                withdrawn += amount;
            } catch {}
        } else {
            try board.withdraw(account, SINK) returns (uint256 amount) {
                if (amount != owed || owed == 0 || person(by) != account) ++wrongs;
                withdrawn += amount;
            } catch {}
        }
    }

    function force(uint32 amount) external {
        CHEATS.deal(address(this), amount);
        new Forcing{value: amount}(payable(address(board)));
        forced += amount;
    }

    function wait_(uint256 time, uint256 blocks) external {
        CHEATS.warp(block.timestamp + time % 8);
        CHEATS.roll(block.number + blocks % 3);
    }

    /// @dev What the board must still have for somebody.
    function kept() external view returns (uint256 sum) {
        for (uint256 i = 0; i < PEOPLE; ++i) {
            sum += board.owed(person(i));
        }
        for (uint256 i = 0; i < _seals.length; ++i) {
            IBenchmarks.Seal memory known = board.sealOf(_seals[i]);
            bool live = known.state == IBenchmarks.SealState.Sealed || known.state == IBenchmarks.SealState.Overdue;
            if (live) sum += known.bond;
        }
    }

    function _list(ShardId shard) private pure returns (ShardId[] memory list) {
        list = new ShardId[](1);
        list[0] = shard;
    }

    function _rules(uint256 fee) private pure returns (IBenchmarks.Rules memory rules) {
        rules.fee = fee % 3 == 0 ? 0 : fee;
    }
}

contract BenchmarksInvariantTest {
    BoardsActor private _actor;
    uint256 private _burnedBefore;

    function setUp() external {
        _actor = new BoardsActor();
        _burnedBefore = _actor.board().BURNED().balance;
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actor);
    }

    /// A bond goes back, one is burned, fees are paid and withdrawn: what the invariants watch does happen.
    function test_the_actor_moves_bonds_and_fees() external {
        _actor.seal(0, 100, 0, 9, 5);
        _actor.seal(1, 70, 0, 0, 0);
        CHEATS.roll(block.number + 1);
        _actor.reveal(0);
        _actor.unseal(0, 2);
        _actor.wait_(7, 0);
        _actor.burn(1);
        _actor.rank(0, 1, 3, 1, false);
        _actor.force(11);
        holds(_actor.returns_() == 1 && _actor.burns() == 1 && _actor.entries() == 1, "all three happened");
        holds(_actor.kept() == 105, "bond and fee are owed");
        _actor.withdraw(0, 0, false);
        holds(_actor.withdrawn() == 105 && _actor.kept() == 0, "both were withdrawn");
    }

    function invariant_the_board_has_what_it_owes() external view {
        holds(address(_actor.board()).balance == _actor.kept() + _actor.forced(), "bonds and fees are there, to the wei");
    }

    function invariant_nothing_is_made_or_lost() external view {
        uint256 burned = _actor.board().BURNED().balance - _burnedBefore;
        holds(_actor.taken() == _actor.kept() + _actor.withdrawn() + burned, "in is kept, out or burned");
    }

    function invariant_bonds_and_fees_go_where_they_must() external view {
        holds(_actor.wrongs() == 0, "no bond too early or too late, no other fee than the rules say");
    }
}
