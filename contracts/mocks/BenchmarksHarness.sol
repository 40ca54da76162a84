// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Relayed} from "../Relayed.sol";
import {IDatasets} from "../interfaces/IDatasets.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ITrainers} from "../interfaces/ITrainers.sol";
import {ModelId, ShardId} from "../interfaces/Ids.sol";
import {Benchmarks} from "../scoreboard/Benchmarks.sol";
import {MockLineage} from "./MockLineage.sol";

/// @title Test only: a lineage with shards that anyone can register without a proof
contract MockShards is MockLineage {
    mapping(ShardId id => IModelRegistry.ShardRecord) private _shards;

    /// @notice Registers a shard of 16 rows in this block.
    function addShard(ShardId id) external {
        _shards[id] = IModelRegistry.ShardRecord({
            owner: msg.sender,
            inputs: 5,
            outputs: 3,
            rows: 16,
            kind: IModelRegistry.ShardKind.Classes,
            blockNumber: block.number,
            schema: 0,
            number: 1,
            version: 1
        });
    }

    function shard(ShardId id) external view returns (IModelRegistry.ShardRecord memory) {
        return _shards[id];
    }

    function schemaOf(ModelId) external pure returns (bytes32) {
        return 0;
    }
}

/// @title Test only: benchmarks on which anyone sets results
contract BenchmarksHarness is Benchmarks {
    mapping(ModelId model => mapping(ShardId shard => uint256)) private _values;

    constructor(IModelRegistry registry_, IDatasets datasets_, ITrainers trainers_)
        Relayed(address(0))
        Benchmarks(registry_, datasets_, trainers_)
    {}

    function setValue(ModelId model, ShardId shard, uint256 value) external {
        _values[model][shard] = value;
    }

    function _valueOf(ModelId model, ShardId shard) internal view override returns (uint256) {
        return _values[model][shard];
    }
}
