// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {CreditVault} from "../../../contracts/CreditVault.sol";
import {ICreditVault} from "../../../contracts/interfaces/ICreditVault.sol";
import {CHEATS, holds, within} from "./Cheats.sol";
import {Family} from "./Family.sol";

/// @dev Properties of single payments, whatever the amount, the shares and the weights.
contract CreditVaultFuzzTest is Family {
    uint256 private constant MAX_WEIGHT = 1 << 19;

    function _build(uint256 first, uint256 second, uint256[5] memory weights) private {
        for (uint256 i = 0; i < 5; ++i) {
            weights[i] = within(weights[i], 1, MAX_WEIGHT);
        }
        build(
            within(first, vault.MIN_SHARE(), vault.MAX_SHARE()),
            within(second, vault.MIN_SHARE(), vault.MAX_SHARE()),
            weights
        );
    }

    function _pay(uint256 model, uint256 amount) private {
        CHEATS.deal(address(this), amount);
        vault.pay{value: amount}(bytes32(model));
    }

    /// One settlement keeps the sum, keeps what the share says and gives each parent its weight's part, to one unit.
    function testFuzz_settling_a_merge_divides_by_share_and_weights(
        uint128 amount,
        uint256 first,
        uint256 second,
        uint256[5] memory weights
    ) external {
        _build(first, second, weights);
        uint256 paid = within(amount, 1, type(uint128).max);
        _pay(6, paid);
        holds(vault.settle(bytes32(uint256(6)), address(0)) == paid, "settle says what it split");

        uint256 kept = vault.earned(bytes32(uint256(6)), address(0));
        uint256 passed = paid - kept;
        uint256 share = vault.shareOf(bytes32(uint256(6)));
        holds(passed * 10_000 >= paid * share && (passed - 1) * 10_000 < paid * share, "the share is rounded up");
        uint256[3] memory parents = [uint256(5), 4, 1];
        uint256 total = weights[2] + weights[3] + weights[4];
        uint256 sum = 0;
        for (uint256 i = 0; i < 3; ++i) {
            uint256 part = vault.unsplit(bytes32(parents[i]), address(0));
            uint256 exact = passed * weights[2 + i];
            holds((part + 1) * total > exact && part * total < exact + total, "a part is off by less than one unit");
            sum += part;
        }
        holds(sum == passed, "parts add up");
        holds(vault.unsplit(bytes32(uint256(6)), address(0)) == 0, "nothing is left to split");
    }

    /// What `split` promises is what settling level by level earns every trainer, to the unit, and its sum is the amount.
    function testFuzz_split_foretells_settling_level_by_level(
        uint128 amount,
        uint256 first,
        uint256 second,
        uint256[5] memory weights
    ) external {
        _build(first, second, weights);
        uint256 paid = within(amount, 1, type(uint128).max);
        ICreditVault.Payout[] memory payouts = vault.split(bytes32(uint256(7)), paid, 10);
        _pay(7, paid);
        _settleLevels();
        uint256 sum = 0;
        for (uint256 i = 0; i < payouts.length; ++i) {
            holds(payouts[i].amount > 0, "no empty payout");
            holds(i == 0 || payouts[i - 1].account < payouts[i].account, "accounts ascend");
            holds(payouts[i].amount == _earnedBy(payouts[i].account), "promised is earned");
            sum += payouts[i].amount;
        }
        holds(sum == paid, "payouts add up");
    }

    /// A cut split still adds up.
    function testFuzz_split_adds_up_at_every_depth(uint128 amount, uint8 depth, uint256 share, uint256[5] memory weights)
        external
    {
        _build(share, share, weights);
        ICreditVault.Payout[] memory payouts = vault.split(bytes32(uint256(7)), amount, depth);
        uint256 sum = 0;
        for (uint256 i = 0; i < payouts.length; ++i) {
            sum += payouts[i].amount;
        }
        holds(sum == amount, "payouts add up");
    }

    /// @dev Carries up what a level holds before anything from another level joins it. Levels of model 7:
    /// 7 | 6 | 5 4 1 | 4 3 2 | 3 2 1 | 1.
    function _settleLevels() private {
        vault.settle(bytes32(uint256(7)), address(0));
        vault.settle(bytes32(uint256(6)), address(0));
        vault.settle(bytes32(uint256(1)), address(0));
        vault.settle(bytes32(uint256(4)), address(0));
        vault.settle(bytes32(uint256(3)), address(0));
        vault.settle(bytes32(uint256(2)), address(0));
        vault.settle(bytes32(uint256(1)), address(0));
        vault.settle(bytes32(uint256(5)), address(0));
        vault.settle(bytes32(uint256(4)), address(0));
        vault.settle(bytes32(uint256(3)), address(0));
        vault.settle(bytes32(uint256(2)), address(0));
        vault.settle(bytes32(uint256(1)), address(0));
    }

    function _earnedBy(address account) private view returns (uint256 sum) {
        for (uint256 id = 1; id <= COUNT; ++id) {
            if (lineage.trainerOf(bytes32(id)) == account) sum += vault.earned(bytes32(id), address(0));
        }
    }
}
