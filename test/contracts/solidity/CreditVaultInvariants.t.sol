// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {HostileToken} from "../../../contracts/mocks/HostileParties.sol";
import {CHEATS, holds, within} from "./Cheats.sol";
import {Family} from "./Family.sol";

/// @dev What anybody can do to the vault, in any order, with a plain token, one that keeps a fee, and Ether.
contract VaultActor is Family {
    address[3] public tokens;
    mapping(address token => uint256) public funded;
    mapping(address token => uint256) public withdrawn;

    constructor() {
        uint256[5] memory weights = [uint256(3), 5, 1, 7, 1 << 19];
        build(3_333, 7_001, weights);
        tokens = [address(0), address(new HostileToken()), address(new HostileToken())];
        HostileToken(tokens[2]).behave(HostileToken.Manner.FeeOnTransfer, address(0), "");
    }

    function pay(uint256 model, uint96 amount) external {
        uint256 value = uint256(amount) + 1;
        CHEATS.deal(address(this), value);
        vault.pay{value: value}(bytes32(within(model, 1, COUNT)));
        funded[address(0)] += value;
    }

    function payToken(uint256 model, bool fee, uint96 amount) external {
        address token = tokens[fee ? 2 : 1];
        HostileToken(token).mint(address(this), uint256(amount) + 1);
        funded[token] += vault.payToken(bytes32(within(model, 1, COUNT)), token, uint256(amount) + 1);
    }

    function settle(uint256 model, uint256 token) external {
        vault.settle(bytes32(within(model, 1, COUNT)), tokens[token % 3]);
    }

    /// @dev Takes what one model has earned, to a fresh account.
    function withdraw(uint256 model, uint256 index) external {
        address token = tokens[index % 3];
        bytes32[] memory models = new bytes32[](1);
        models[0] = bytes32(within(model, 1, COUNT));
        if (vault.earned(models[0], token) == 0) return;
        address owner = lineage.trainerOf(models[0]);
        CHEATS.prank(owner);
        withdrawn[token] += vault.withdraw(models, token, address(0xbeef));
    }

    /// @dev Choosing shares must not touch what exists.
    function chooseShare(uint256 index, uint256 share) external {
        CHEATS.prank(trainer(index));
        vault.chooseShare(within(share, 500, 9_000));
    }

    function owed(address token) external view returns (uint256 sum) {
        for (uint256 id = 1; id <= COUNT; ++id) {
            sum += vault.unsplit(bytes32(id), token) + vault.earned(bytes32(id), token);
        }
    }

    function held(address token) external view returns (uint256) {
        return token == address(0) ? address(vault).balance : HostileToken(token).balanceOf(address(vault));
    }

    function shareOf(uint256 model) external view returns (uint256) {
        return vault.shareOf(bytes32(model));
    }
}

contract CreditVaultInvariantTest {
    VaultActor private _actor;

    function setUp() external {
        _actor = new VaultActor();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_actor);
    }

    /// Sum paid out + sum owed = sum funded, and the vault holds exactly what it owes, in every token.
    function invariant_money_is_conserved() external view {
        for (uint256 i = 0; i < 3; ++i) {
            address token = _actor.tokens(i);
            uint256 owed = _actor.owed(token);
            holds(owed + _actor.withdrawn(token) == _actor.funded(token), "paid + owed = funded");
            holds(_actor.held(token) == owed, "held = owed");
        }
    }

    /// Shares were fixed when the models were registered.
    function invariant_shares_never_move() external view {
        holds(_actor.shareOf(1) == 0 && _actor.shareOf(2) == 0, "seeds and imports pass nothing on");
        holds(_actor.shareOf(3) == 2_000 && _actor.shareOf(7) == 2_000, "no choice, the default");
        holds(_actor.shareOf(4) == 3_333, "the choice before the model");
        holds(_actor.shareOf(5) == 7_001 && _actor.shareOf(6) == 7_001, "the later choice for later models");
    }
}
