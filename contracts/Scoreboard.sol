// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {Relayed} from "./Relayed.sol";
import {IBenchmarks} from "./interfaces/IBenchmarks.sol";
import {IDatasets} from "./interfaces/IDatasets.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {INetworks} from "./interfaces/INetworks.sol";
import {IScoreboard} from "./interfaces/IScoreboard.sol";
import {IScores} from "./interfaces/IScores.sol";
import {ITrainers} from "./interfaces/ITrainers.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {ModelId, ShardId} from "./interfaces/Ids.sol";
import {Proof} from "./interfaces/Proof.sol";
import {Claims} from "./libraries/Claims.sol";
import {Counts} from "./libraries/Counts.sol";
import {Identity} from "./libraries/Identity.sol";
import {ModelParameters} from "./libraries/ModelParameters.sol";
import {Ranking} from "./libraries/Ranking.sol";
import {Shape} from "./libraries/Shape.sol";
import {Statement} from "./libraries/Statement.sol";
import {VerifierCall} from "./libraries/VerifierCall.sol";
import {Benchmarks} from "./scoreboard/Benchmarks.sol";

/// @title Scoreboard
/// @notice Results, benchmarks and leaderboards over one registry. It has no owner.
contract Scoreboard is IScoreboard, Benchmarks, Described {
    /// @dev One word: | value 64 | prover 160 |. Zero: none.
    struct PackedResult {
        address prover;
        uint64 value;
    }

    /// @dev What is proved beside the result, in one word: | has absolute 8 | has loss 8 | top 16 | k 16 | counted 32 | absolute 64 |
    /// loss 64 |. Here k is the first number of places for which rows were proved to be on top, 0: none yet; of others the
    /// rows stand in `_tops`.
    struct PackedMeasures {
        uint64 loss;
        uint64 absolute;
        uint32 counted;
        uint16 k;
        uint16 top;
        bool hasLoss;
        bool hasAbsolute;
    }

    /// @dev Which parts of a score are better than what was proved before.
    struct Improvement {
        bool result;
        bool loss;
        bool absolute;
        bool top;
        bool counts;
        /// any of the four behind the result
        bool measures;
    }

    /// @dev 2^12 rows of 2^12 outputs; outputs and labels lie in [-2^15, 2^15), so that each is less than 2^16 off. The sum of 256
    /// results below this fits 64 bits.
    uint256 private constant RESULT_LIMIT = 1 << 56;

    IVerifiers private immutable VERIFIERS;
    INetworks private immutable NETWORKS;

    mapping(ModelId model => mapping(ShardId shard => PackedResult)) private _results;
    mapping(ModelId model => mapping(ShardId shard => PackedMeasures)) private _measures;
    mapping(ModelId model => mapping(ShardId shard => mapping(uint256 k => uint256 rows))) private _tops;
    mapping(ModelId model => mapping(ShardId shard => bytes32)) private _countsHashes;

    /// @param registry_ whose models, shards, verifiers and judge of shapes these are
    /// @param datasets_ lists of its shards
    /// @param trainers_ says who acts for openers of benchmarks, and where their money goes
    /// @param relay_ which carries what trainers signed
    constructor(IModelRegistry registry_, IDatasets datasets_, ITrainers trainers_, address relay_)
        Relayed(relay_)
        Benchmarks(registry_, datasets_, trainers_)
    {
        VERIFIERS = registry_.verifiers();
        NETWORKS = registry_.networks();
    }

    /// @inheritdoc IScoreboard
    function score(ScoreClaim calldata claim, Proof calldata proof) external {
        ModelId model = Identity.ofModel(claim.model, claim.shape);
        if (_kindOf(model) == ILineage.Kind.None) revert UnknownModel(model);
        // That program data has proved the shard is what makes a result mean something.
        ShardId shard = Identity.ofShard(claim.shard, claim.descriptor);
        IModelRegistry.ShardRecord memory record = REGISTRY.shard(shard);
        if (record.owner == address(0)) revert UnknownShard(shard);
        Shape.requireFit(claim.shape, claim.descriptor);
        _requireRange(claim, record);
        (uint256 countsAt, uint256 counted) =
            Counts.evaluate(claim.counts, record.kind, record.outputs, record.rows, claim.point);
        PackedMeasures memory measures = _measures[model][shard];
        Improvement memory better = _improvement(model, shard, claim, counted, measures);

        uint256 program = Statement.ofShape(Statement.SCORE, claim.shape);
        VerifierCall.verify(VERIFIERS, _sender(), program, _statementOf(claim, countsAt), proof);

        if (better.result) {
            _results[model][shard] = PackedResult(_sender(), uint64(claim.result));
            emit Scored(
                model, shard, _sender(), claim.result, record.rows, REGISTRY.schemaOf(model), record.schema
            );
        }
        _keep(measures, model, shard, claim, better);
        if (better.counts) {
            measures.counted = uint32(counted);
            _countsHashes[model][shard] = Counts.hash(claim.counts);
        }
        if (better.measures) _measures[model][shard] = measures;
        _emitMeasured(model, shard, claim);
    }

    /// @inheritdoc IScoreboard
    function registry() external view returns (IModelRegistry) {
        return REGISTRY;
    }

    /// @inheritdoc IScoreboard
    function resultOf(ModelId model, ShardId shard) external view returns (Result memory result) {
        PackedResult memory packed = _results[model][shard];
        if (packed.prover == address(0)) return result;
        // Neither schema ever changes.
        (bytes32 ofModel, bytes32 ofShard) = (REGISTRY.schemaOf(model), REGISTRY.shard(shard).schema);
        SchemaComparison schemas = ofModel == ofShard ? SchemaComparison.Same : SchemaComparison.Different;
        if (ofModel == 0 || ofShard == 0) schemas = SchemaComparison.NotStated;
        return Result(packed.prover, packed.value, ofModel, ofShard, schemas);
    }

    /// @inheritdoc IScoreboard
    function measuresOf(ModelId model, ShardId shard) external view returns (Measures memory) {
        PackedMeasures memory packed = _measures[model][shard];
        bytes32 countsHash = _countsHashes[model][shard];
        return Measures(packed.hasLoss, packed.loss, packed.hasAbsolute, packed.absolute, packed.counted, countsHash);
    }

    /// @inheritdoc IScoreboard
    function topOf(ModelId model, ShardId shard, uint256 k) external view returns (uint256) {
        return _knownTop(_measures[model][shard], model, shard, k);
    }

    /// @inheritdoc Benchmarks
    function _valueOf(ModelId model, ShardId shard) internal view override returns (uint256) {
        PackedResult memory result = _results[model][shard];
        if (result.prover == address(0)) revert NotScored(model, shard);
        return result.value;
    }

    /// @dev Refuses numbers that no model can have on these rows.
    function _requireRange(ScoreClaim calldata claim, IModelRegistry.ShardRecord memory record) private pure {
        if (claim.result >= RESULT_LIMIT) revert ResultOutOfRange(claim.result);
        if (claim.loss > type(uint64).max) revert LossOutOfRange(claim.loss);
        if (claim.absolute > type(uint64).max) revert AbsoluteOutOfRange(claim.absolute);
        (uint256 k, uint256 top) = (claim.k, claim.top);
        if (k > record.outputs || top > record.rows || (k == 0 && top != 0)) revert TopOutOfRange(k, top);
    }

    /// @dev What of a score is better than what was proved before; reverts with NotBetter where nothing is. With squared error
    /// the loss, and of classes and labels the absolute error, is 0 and says nothing.
    function _improvement(
        ModelId model,
        ShardId shard,
        ScoreClaim calldata claim,
        uint256 counted,
        PackedMeasures memory known
    ) private view returns (Improvement memory better) {
        IModelRegistry.ShardKind kind = Shape.shardKind(claim.descriptor);
        PackedResult memory best_ = _results[model][shard];
        better.result = _isBetter(claim.result, best_, kind);
        if (Shape.modelHead(claim.shape) != IModelRegistry.Head.SquaredError) {
            better.loss = !known.hasLoss || claim.loss < known.loss;
        }
        better.absolute = kind == IModelRegistry.ShardKind.Regression && !known.hasAbsolute;
        better.top = claim.top > _knownTop(known, model, shard, claim.k);
        better.counts = counted > known.counted;
        better.measures = better.loss || better.absolute || better.top || better.counts;
        if (!better.result && !better.measures) revert NotBetter(claim.result, best_.value);
    }

    /// @dev Puts what is better into the word of measures, rows on top of further places elsewhere. The counts are the caller's
    /// matter, and so is that the word is stored.
    function _keep(
        PackedMeasures memory measures,
        ModelId model,
        ShardId shard,
        ScoreClaim calldata claim,
        Improvement memory better
    ) private {
        if (better.loss) (measures.hasLoss, measures.loss) = (true, uint64(claim.loss));
        if (better.absolute) (measures.hasAbsolute, measures.absolute) = (true, uint64(claim.absolute));
        if (!better.top) return;
        if (measures.k == 0) measures.k = uint16(claim.k);
        if (measures.k == claim.k) measures.top = uint16(claim.top);
        else _tops[model][shard][claim.k] = claim.top;
    }

    function _emitMeasured(ModelId model, ShardId shard, ScoreClaim calldata claim) private {
        emit Measured(
            model,
            shard,
            _sender(),
            claim.result,
            claim.loss,
            claim.absolute,
            claim.k,
            claim.top,
            claim.counts
        );
    }

    /// @dev Where k is 0, no row is on top.
    function _knownTop(PackedMeasures memory measures, ModelId model, ShardId shard, uint256 k)
        private
        view
        returns (uint256)
    {
        return measures.k == k ? measures.top : _tops[model][shard][k];
    }

    /// @dev What a score proves. Model and shard are registered, so that each has as many points as it should.
    /// @param countsAt the counts at the claim's point
    function _statementOf(ScoreClaim calldata claim, uint256 countsAt) private view returns (bytes memory statement) {
        (uint256[] memory parameters, uint256 next,) = ModelParameters.list(NETWORKS, claim.shape, 8);
        (parameters[next], parameters[next + 1], parameters[next + 2]) = (claim.descriptor, claim.result, claim.loss);
        (parameters[next + 3], parameters[next + 4], parameters[next + 5]) = (claim.absolute, claim.k, claim.top);
        (parameters[next + 6], parameters[next + 7]) = (claim.point, countsAt);
        uint256[] memory extra = new uint256[](1);
        extra[0] = uint256(Counts.hash(claim.counts));
        (uint256 ofModel, uint256 ofShard) = (claim.model.length, claim.shard.length);
        statement = Claims.begin();
        Claims.open(statement, parameters, extra, ofModel | Claims.countAt(1, ofShard), ofModel + ofShard);
        Claims.add(statement, claim.model);
        Claims.add(statement, claim.shard);
    }

    function _kindOf(ModelId model) private view returns (ILineage.Kind) {
        return REGISTRY.kindOf(ModelId.unwrap(model));
    }

    function _isBetter(uint256 value, PackedResult memory known, IModelRegistry.ShardKind kind)
        private
        pure
        returns (bool)
    {
        bool ascending = kind == IModelRegistry.ShardKind.Regression;
        return known.prover == address(0) || Ranking.isBetter(value, known.value, ascending);
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IScoreboard).interfaceId
            || interfaceId == type(IBenchmarks).interfaceId
            || interfaceId == type(IScores).interfaceId;
    }
}
