// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {CreditVault} from "../../../contracts/CreditVault.sol";
import {MockLineage} from "../../../contracts/mocks/MockLineage.sol";
import {CHEATS, holds, within} from "./Cheats.sol";

/// @dev Which choice of a share a model has, whatever the order of choices and models and however many share a second.
contract CreditVaultSharesTest {
    uint256 private constant STEPS = 40;
    uint256 private constant DEFAULT = 2_000;

    MockLineage private immutable LINEAGE = new MockLineage();
    CreditVault private immutable VAULT = new CreditVault(address(LINEAGE));

    constructor() {
        LINEAGE.addSeed(bytes32(uint256(1)), address(this));
    }

    /// In a later block of the same second a choice does not count; in the next second it does.
    function test_a_choice_counts_from_the_next_second_on() external {
        VAULT.chooseShare(700);
        CHEATS.roll(block.number + 1);
        _train(2);
        CHEATS.warp(block.timestamp + 1);
        _train(3);
        holds(_shareOf(2) == DEFAULT, "the same second");
        holds(_shareOf(3) == 700, "the next second");
    }

    /// Of several choices in one second the last counts, and it changes nothing for models made before.
    function test_the_last_choice_of_a_second_counts() external {
        VAULT.chooseShare(600);
        CHEATS.warp(block.timestamp + 1);
        _train(2);
        VAULT.chooseShare(700);
        CHEATS.roll(block.number + 1);
        VAULT.chooseShare(800);
        CHEATS.warp(block.timestamp + 1);
        _train(3);
        holds(_shareOf(2) == 600, "before the second");
        holds(_shareOf(3) == 800 && VAULT.chosenShare(address(this)) == 800, "after it");
    }

    /// Against the rule itself: the last choice of an earlier second, else the default.
    function testFuzz_shares_are_the_last_choice_of_an_earlier_second(uint256 dice) external {
        uint256[STEPS] memory chosenAt;
        uint256[STEPS] memory chosen;
        uint256 choices = 0;
        uint256[STEPS] memory madeAt;
        uint256 models = 0;
        for (uint256 i = 0; i < STEPS; ++i) {
            dice = uint256(keccak256(abi.encode(dice)));
            CHEATS.roll(block.number + 1);
            // Every other second holds several steps.
            if (dice % 2 == 0) CHEATS.warp(block.timestamp + within(dice >> 8, 1, 3));
            if ((dice >> 16) % 2 == 0) {
                (chosenAt[choices], chosen[choices]) = (block.timestamp, within(dice >> 24, 500, 9_000));
                VAULT.chooseShare(chosen[choices]);
                ++choices;
            } else {
                madeAt[models] = block.timestamp;
                _train(models + 2);
                ++models;
            }
        }
        for (uint256 k = 0; k < models; ++k) {
            uint256 share = DEFAULT;
            for (uint256 i = 0; i < choices && chosenAt[i] < madeAt[k]; ++i) {
                share = chosen[i];
            }
            holds(_shareOf(k + 2) == share, "the last choice of an earlier second");
        }
    }

    function _train(uint256 id) private {
        LINEAGE.addTrain(bytes32(id), address(this), bytes32(uint256(1)));
    }

    function _shareOf(uint256 id) private view returns (uint256) {
        return VAULT.shareOf(bytes32(id));
    }
}
