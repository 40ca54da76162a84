// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {PackedTraining} from "./EdgeWords.sol";

/// @dev A segment while its transaction lasts: | number of the shard's schema 32 | version of the shard's key 8 | training 64 |.
type Step is uint256;

using StepLibrary for Step global;

/// @title What a registry needs to know of a segment once it is proved, in one word
library StepLibrary {
    uint256 private constant VERSION = 64;
    uint256 private constant SCHEMA = VERSION + 8;

    /// @param version_ below 2^8
    /// @param schema_ below 2^32
    function make(PackedTraining training_, uint256 version_, uint256 schema_) internal pure returns (Step) {
        return Step.wrap(PackedTraining.unwrap(training_) | (version_ << VERSION) | (schema_ << SCHEMA));
    }

    function training(Step step) internal pure returns (PackedTraining) {
        return PackedTraining.wrap(Step.unwrap(step) & ((1 << VERSION) - 1));
    }

    function version(Step step) internal pure returns (uint256) {
        return (Step.unwrap(step) >> VERSION) & 0xff;
    }

    function schema(Step step) internal pure returns (uint256) {
        return Step.unwrap(step) >> SCHEMA;
    }
}
