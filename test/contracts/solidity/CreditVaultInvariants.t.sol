// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {CreditVault} from "../../../contracts/CreditVault.sol";
import {Trainers} from "../../../contracts/Trainers.sol";
import {ICreditVault} from "../../../contracts/interfaces/ICreditVault.sol";
import {ILineage} from "../../../contracts/interfaces/ILineage.sol";
import {HostileToken} from "../../../contracts/mocks/HostileParties.sol";
import {LineageHarness} from "../../../contracts/mocks/LineageHarness.sol";
import {CHEATS, holds, within} from "./Cheats.sol";

/// @dev What anybody can do to the registry's graph and to the vault, in any order, with a plain token, one that keeps a fee, and
/// Ether. Node 1 is the base, whose trainer acts honestly; all other nodes are those of hostile trainers, which grow the
/// graph as they like to keep the base from its share. Each call checks what it did.
contract CreditActor {
    uint256 private constant WHOLE = 10_000;
    uint256 private constant BASE = 1;
    uint256 private constant BASE_SHARE = 500;
    uint256 private constant MOST_NODES = 12;
    uint256 private constant TRAINERS = 4;

    LineageHarness private _lineage = new LineageHarness();
    Trainers private _trainers = new Trainers(address(0));
    CreditVault public vault = new CreditVault(address(_lineage), address(_trainers), address(0));
    address[3] public tokens;
    uint256 private _keys;

    mapping(address token => uint256) public funded;
    mapping(address token => uint256) public withdrawn;
    /// What was credited, in all and by models; to the base, by models; and ways of the settlement under way.
    mapping(address token => uint256) public given;
    mapping(address token => mapping(uint256 model => uint256)) private _givenBy;
    mapping(address token => mapping(uint256 model => uint256)) private _givenToBase;
    mapping(uint256 node => bool) private _isLowered;
    uint256 private _ways;
    uint256 private _waysToBase;
    uint256 private _roundings;

    constructor() {
        tokens = [address(0), address(new HostileToken()), address(new HostileToken())];
        HostileToken(tokens[2]).behave(HostileToken.Manner.FeeOnTransfer, address(0), "");
        CHEATS.prank(trainer(0));
        _lineage.chooseShare(BASE_SHARE);
        CHEATS.prank(trainer(0));
        _lineage.addOrigin(bytes32(BASE), ILineage.Kind.Seed);
        CHEATS.prank(trainer(1));
        _lineage.addOrigin(bytes32(BASE + 1), ILineage.Kind.Import);
    }

    function trainer(uint256 index) public pure returns (address) {
        return address(uint160(0xa11ce0 + index % TRAINERS));
    }

    // ------------------------------------------------------------------------------------------------ the graph

    /// @dev A hostile trainer chooses a share: none, the greatest, or a small one, so that many nodes can be paid.
    function choose(uint256 who, uint256 share) external {
        uint256 chosen = share % 3 == 0 ? 0 : share % 3 == 1 ? 5_000 : within(share / 3, 1, 300);
        CHEATS.prank(_hostile(who));
        _lineage.chooseShare(chosen);
    }

    function train(uint256 who, uint256 parent) external {
        if (_full()) return;
        bytes32 id = bytes32(_lineage.nodeCount() + 1);
        bytes32 above = _node(parent);
        CHEATS.prank(_hostile(who));
        _lineage.addChild(id, above);
    }

    /// @dev A merge whose weights do as they like, or a foreign child. Two or three parents, all different.
    function merge(uint256 who, uint256 first, uint256[3] calldata weights, bool foreign) external {
        uint256 count = _lineage.nodeCount();
        if (_full()) return;
        bytes32[] memory parents = new bytes32[](count > 2 ? 2 + first % 2 : 2);
        uint256[] memory by = new uint256[](parents.length);
        for (uint256 i = 0; i < parents.length; ++i) {
            parents[i] = bytes32(1 + (first / 2 + i) % count);
            by[i] = within(weights[i], 1, 1 << 19);
        }
        CHEATS.prank(_hostile(who));
        if (foreign) _lineage.addForeign(bytes32(count + 1), parents);
        else _lineage.addMerge(bytes32(count + 1), parents, by);
    }

    // ------------------------------------------------------------------------------------------------ money

    function pay(uint256 which, uint96 amount, uint256 index) external {
        bytes32 model = _node(which);
        if (!_canBePaid(model)) return;
        uint256 value = uint256(amount) + 1;
        address token = tokens[index % 3];
        uint256 received = value;
        if (token == address(0)) {
            CHEATS.deal(address(this), value);
            vault.pay{value: value}(model);
        } else {
            HostileToken(token).mint(address(this), value);
            received = vault.payToken(model, token, value);
        }
        funded[token] += received;
    }

    /// @dev One claim for a way of chance, through a recorded part or not.
    function claim(uint256 which, uint256 turns, uint256 index, bool record) external {
        bytes32 model = _node(which);
        bytes32[] memory steps = new bytes32[](2 * MOST_NODES);
        uint256 length = 0;
        bytes32 node = model;
        for (uint256 left = turns; ; left /= 8) {
            bytes32[] memory parents = _lineage.parents(node);
            if (parents.length == 0 || (node != model && left % 4 == 0)) break;
            uint256 i = (left / 4) % parents.length;
            if (i != 0) (steps[length++], steps[length++]) = (node, parents[i]);
            node = parents[i];
        }
        if (node == model || _shareAsRegistered(node) == 0) return;
        _claim(node, model, _cut(steps, length), tokens[index % 3], record);
    }

    function collect(uint256 which, uint256 index) external {
        _collect(_node(which), tokens[index % 3]);
    }

    /// @dev Claims all ways of a model and collects: then everything is where it belongs but for what rounding left.
    function settle(uint256 which, uint256 index) external {
        bytes32 model = _node(which);
        address token = tokens[index % 3];
        if (!_canBePaid(model)) return;
        (_ways, _waysToBase, _roundings) = (0, 0, 0);
        _claimAbove(model, model, new bytes32[](2 * MOST_NODES), 0, token);
        _collect(model, token);
        uint256 paid = vault.paid(model, token);
        uint256 left = paid - _givenBy[token][uint256(model)];
        holds(left <= _roundings, "rounding leaves less than one unit for each way and lowering, and the rest");
        if (uint256(model) == BASE) return;
        uint256 due = paid * BASE_SHARE / WHOLE;
        holds(_givenToBase[token][uint256(model)] == _waysToBase * due, "the base gets its share for each way");
        _checkSplit(model, paid);
    }

    function lower(uint256 which, uint256 share) external {
        uint256 node = uint256(_node(which));
        if (node == BASE || !_canBePaid(bytes32(node))) return;
        uint256 current = vault.shareOf(bytes32(node));
        if (current == 0) return;
        address key = _trainers.keyOf(_lineage.trainerOf(bytes32(node)));
        CHEATS.prank(key);
        vault.lowerShare(bytes32(node), share % current);
        _isLowered[node] = true;
    }

    /// @dev The rights of a trainer go to a key that nobody had before.
    function rotate(uint256 who) external {
        address owner = trainer(who);
        address key = _trainers.keyOf(owner);
        address next = address(uint160(0xbee000 + ++_keys));
        CHEATS.prank(key);
        _trainers.offerKey(owner, next);
        CHEATS.prank(next);
        _trainers.acceptKey(owner);
    }

    function withdraw(uint256 who, uint256 index, bool byAnybody) external {
        address owner = trainer(who);
        address token = tokens[index % 3];
        uint256 credit = vault.credit(owner, token);
        if (credit == 0) return;
        address key = _trainers.keyOf(owner);
        uint256 taken;
        if (byAnybody) {
            taken = vault.withdrawFor(owner, token);
        } else {
            CHEATS.prank(key);
            taken = vault.withdraw(owner, token, address(0xbeef));
        }
        holds(taken == credit && vault.credit(owner, token) == 0, "all credit is withdrawn, once");
        withdrawn[token] += taken;
    }

    // ------------------------------------------------------------------------------------------------ asked by invariants

    function credits(address token) external view returns (uint256 sum) {
        for (uint256 i = 0; i < TRAINERS; ++i) {
            sum += vault.credit(trainer(i), token);
        }
    }

    function held(address token) external view returns (uint256) {
        return token == address(0) ? address(vault).balance : HostileToken(token).balanceOf(address(vault));
    }

    function paidInAll(address token) external view returns (uint256 sum) {
        for (uint256 id = 1; id <= _lineage.nodeCount(); ++id) {
            sum += vault.paid(bytes32(id), token);
        }
    }

    // ------------------------------------------------------------------------------------------------ inside

    function _claimAbove(bytes32 model, bytes32 node, bytes32[] memory steps, uint256 length, address token) private {
        bytes32[] memory parents = _lineage.parents(node);
        for (uint256 i = 0; i < parents.length; ++i) {
            (,, uint256 share, uint256 stack) = _lineage.creditOf(parents[i]);
            if (stack == 0) continue;
            uint256 end = length;
            if (i != 0) (steps[end++], steps[end++]) = (node, parents[i]);
            if (share != 0) {
                _claim(parents[i], model, _cut(steps, end), token, false);
                ++_ways;
                if (uint256(parents[i]) == BASE) ++_waysToBase;
                _roundings += _isLowered[uint256(parents[i])] ? 2 : 1;
            }
            _claimAbove(model, parents[i], steps, end, token);
        }
    }

    /// @dev Claims, and then once more for nothing, named in another manner too.
    function _claim(bytes32 node, bytes32 model, bytes32[] memory steps, address token, bool record) private {
        ICreditVault.Claim memory named = ICreditVault.Claim(node, model, 0, steps);
        (uint256 amount, uint256 passed) = vault.claimable(token, named);
        if (record && steps.length > 0) {
            named.mark = vault.recordWay(model, 0, steps);
            named.steps = new bytes32[](0);
        }
        ICreditVault.Claim[] memory list = new ICreditVault.Claim[](1);
        list[0] = named;
        holds(vault.claimAll(token, list) == amount, "a claim credits what was foretold");
        given[token] += amount + passed;
        _givenBy[token][uint256(model)] += amount + passed;
        if (uint256(node) == BASE) _givenToBase[token][uint256(model)] += amount;

        (amount, passed) = vault.claimable(token, named);
        holds(amount + passed == 0, "nothing is left to claim");
        holds(vault.claim(token, node, model, steps) == 0, "no claim pays twice");
    }

    function _collect(bytes32 model, address token) private {
        bytes32[] memory models = new bytes32[](2);
        (models[0], models[1]) = (model, model);
        uint256 amount = vault.collectable(model, token);
        holds(vault.collect(models, token) == amount, "a rest is collected once");
        given[token] += amount;
        _givenBy[token][uint256(model)] += amount;
    }

    /// @dev The view tells what was given, and adds up.
    function _checkSplit(bytes32 model, uint256 amount) private view {
        (ICreditVault.Payout[] memory payouts, uint256 left) = vault.split(model, amount, 2 * MOST_NODES);
        uint256 ways = 0;
        uint256 sum = left;
        for (uint256 i = 0; i < payouts.length; ++i) {
            sum += payouts[i].amount;
            if (i == 0) continue;
            ways += payouts[i].ways;
            if (uint256(payouts[i].node) == BASE) {
                holds(payouts[i].ways == _waysToBase, "the split counts the ways");
                holds(payouts[i].amount == _waysToBase * (amount * BASE_SHARE / WHOLE), "the split tells the base's part");
            }
        }
        holds(sum == amount && left <= _roundings && ways == _ways, "the split adds up");
    }

    function _hostile(uint256 who) private pure returns (address) {
        return trainer(1 + who % (TRAINERS - 1));
    }

    function _node(uint256 which) private view returns (bytes32) {
        return bytes32(within(which, 1, _lineage.nodeCount()));
    }

    function _full() private view returns (bool) {
        return _lineage.nodeCount() >= MOST_NODES;
    }

    function _canBePaid(bytes32 model) private view returns (bool) {
        (,,, uint256 stack) = _lineage.creditOf(model);
        return stack <= WHOLE;
    }

    function _shareAsRegistered(bytes32 node) private view returns (uint256 share) {
        (,, share,) = _lineage.creditOf(node);
    }

    function _cut(bytes32[] memory steps, uint256 length) private pure returns (bytes32[] memory list) {
        list = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) {
            list[i] = steps[i];
        }
    }
}

contract CreditVaultInvariantTest {
    CreditActor private _actor;

    function setUp() external {
        _actor = new CreditActor();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actor);
    }

    /// What was paid is held or was withdrawn; what was credited is credit or was withdrawn; and no more was credited than paid.
    function invariant_money_is_conserved() external view {
        for (uint256 i = 0; i < 3; ++i) {
            address token = _actor.tokens(i);
            (uint256 funded, uint256 withdrawn, uint256 given) =
                (_actor.funded(token), _actor.withdrawn(token), _actor.given(token));
            holds(_actor.paidInAll(token) == funded, "payments add up");
            holds(_actor.held(token) + withdrawn == funded, "held + withdrawn = paid");
            holds(_actor.credits(token) + withdrawn == given, "credit + withdrawn = credited");
            holds(given <= funded, "no more is credited than was paid");
        }
    }
}
