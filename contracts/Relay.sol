// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {Described} from "./Described.sol";
import {ICreditVault} from "./interfaces/ICreditVault.sol";
import {IDataAttestations} from "./interfaces/IDataAttestations.sol";
import {IDatasets} from "./interfaces/IDatasets.sol";
import {IModelCards} from "./interfaces/IModelCards.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IRelay} from "./interfaces/IRelay.sol";
import {IScoreboard} from "./interfaces/IScoreboard.sol";
import {IStatuses} from "./interfaces/IStatuses.sol";
import {ITrainers} from "./interfaces/ITrainers.sol";
import {DatasetId, ModelId, ShardId} from "./interfaces/Ids.sol";
import {G1Point, Proof} from "./interfaces/Proof.sol";
import {Counts} from "./libraries/Counts.sol";
import {Identity} from "./libraries/Identity.sol";
import {RequestTypes} from "./libraries/RequestTypes.sol";
import {Shape} from "./libraries/Shape.sol";
import {ShapeText} from "./libraries/ShapeText.sol";
import {Signatures} from "./libraries/Signatures.sol";

/// @title Relay
/// @notice No owner and no constructor arguments: it stands at one address on every chain. Its targets believe the last 20
/// bytes of its calls (ERC-2771), which are always a trainer whose signature was checked here.
contract Relay is IRelay, EIP712, Described {
    using BitMaps for BitMaps.BitMap;

    mapping(address trainer => BitMaps.BitMap) private _used;

    modifier onContract(address target) {
        _requireContract(target);
        _;
    }

    constructor() EIP712("Descent relay", "1") {}

    /// @inheritdoc IRelay
    function registerShard(
        address registry,
        uint256 inputs,
        uint256 outputs,
        uint256 rows,
        IModelRegistry.ShardKind kind,
        bytes32 schema,
        G1Point[] calldata commitment,
        Proof calldata proof,
        Permission calldata permission
    ) external onContract(registry) {
        {
            // In pieces, since the stack has no room for all at once.
            ShardId shard = Identity.ofShard(commitment, Shape.packShard(inputs, outputs, rows, kind));
            bytes memory fields = abi.encode(inputs, outputs, rows, kind, schema, shard);
            bytes memory head = abi.encode(RequestTypes.REGISTER_SHARD, registry, permission.trainer);
            _spend(registry, permission, bytes.concat(head, fields));
        }
        _call(
            registry,
            permission.trainer,
            abi.encodeCall(IModelRegistry.registerShard, (inputs, outputs, rows, kind, schema, commitment, proof))
        );
    }

    /// @inheritdoc IRelay
    function requestSeed(
        address registry,
        uint256 shape,
        bytes32 secretHash,
        Permission calldata permission
    ) external onContract(registry) {
        (bytes32 network, uint256 head) = _fieldsOf(shape);
        _spend(registry, permission, abi.encode(RequestTypes.REQUEST_SEED, registry, permission.trainer, network, head, secretHash));
        _call(registry, permission.trainer, abi.encodeCall(IModelRegistry.requestSeed, (shape, secretHash)));
    }

    /// @inheritdoc IRelay
    function seed(
        address registry,
        uint256 requestId,
        bytes32 secret,
        G1Point[] calldata commitment,
        Proof calldata proof,
        Permission calldata permission
    ) external onContract(registry) {
        ModelId model = Identity.ofModel(commitment, IModelRegistry(registry).seedRequest(requestId).shape);
        _spend(registry, permission, abi.encode(RequestTypes.SEED, registry, permission.trainer, requestId, model));
        _call(registry, permission.trainer, abi.encodeCall(IModelRegistry.seed, (requestId, secret, commitment, proof)));
    }

    /// @inheritdoc IRelay
    function train(
        address registry,
        IModelRegistry.TrainEdge calldata edge,
        Proof calldata proof,
        Permission calldata permission
    ) external onContract(registry) {
        _spend(registry, permission, _trainFields(registry, permission.trainer, edge));
        _call(registry, permission.trainer, abi.encodeCall(IModelRegistry.train, (edge, proof)));
    }

    /// @inheritdoc IRelay
    function trainMany(
        address registry,
        G1Point[] calldata parent,
        uint256 shape,
        IModelRegistry.Segment[] calldata segments,
        Proof[] calldata proofs,
        Permission calldata permission
    ) external onContract(registry) {
        bytes32 list = _hashSegments(segments, shape);
        _spend(registry, permission, _chainFields(registry, permission.trainer, parent, shape, list));
        _call(
            registry,
            permission.trainer,
            abi.encodeCall(IModelRegistry.trainMany, (parent, shape, segments, proofs))
        );
    }

    /// @inheritdoc IRelay
    function importModel(
        address registry,
        uint256 shape,
        bytes32 source,
        bytes32 schema,
        G1Point[] calldata commitment,
        Proof calldata proof,
        Permission calldata permission
    ) external onContract(registry) {
        {
            // In pieces, since the stack has no room for all at once.
            bytes memory fields = abi.encode(source, schema, Identity.ofModel(commitment, shape));
            (bytes32 network, uint256 head) = _fieldsOf(shape);
            bytes memory beginning = abi.encode(RequestTypes.ROOT, registry, permission.trainer, network, head);
            _spend(registry, permission, bytes.concat(beginning, fields));
        }
        _call(
            registry,
            permission.trainer,
            abi.encodeCall(IModelRegistry.importModel, (shape, source, schema, commitment, proof))
        );
    }

    /// @inheritdoc IRelay
    function merge(
        address registry,
        IModelRegistry.MergeEdge calldata edge,
        Proof calldata proof,
        Permission calldata permission
    ) external onContract(registry) {
        _spend(registry, permission, _mergeFields(registry, permission.trainer, edge));
        _call(registry, permission.trainer, abi.encodeCall(IModelRegistry.merge, (edge, proof)));
    }

    /// @inheritdoc IRelay
    function registerForeign(
        address registry,
        IModelRegistry.ForeignEdge calldata edge,
        Proof calldata proof,
        Permission calldata permission
    ) external onContract(registry) {
        _spend(registry, permission, _foreignFields(registry, permission.trainer, edge));
        _call(registry, permission.trainer, abi.encodeCall(IModelRegistry.registerForeign, (edge, proof)));
    }

    /// @inheritdoc IRelay
    function score(
        address scoreboard,
        IScoreboard.ScoreClaim calldata claim,
        Proof calldata proof,
        Permission calldata permission
    ) external onContract(scoreboard) {
        _spend(scoreboard, permission, _scoreFields(scoreboard, permission.trainer, claim));
        _call(scoreboard, permission.trainer, abi.encodeCall(IScoreboard.score, (claim, proof)));
    }

    /// @inheritdoc IRelay
    function writeCard(
        address cards,
        bytes32 model,
        string calldata name,
        string calldata uri,
        Permission calldata permission
    ) external onContract(cards) {
        (bytes32 nameHash, bytes32 uriHash) = (keccak256(bytes(name)), keccak256(bytes(uri)));
        _spend(cards, permission, abi.encode(RequestTypes.WRITE_CARD, cards, permission.trainer, model, nameHash, uriHash));
        _call(cards, permission.trainer, abi.encodeCall(IModelCards.writeCard, (model, name, uri)));
    }

    /// @inheritdoc IRelay
    function supersede(
        address statuses,
        bytes32 node,
        bytes32 successor,
        bytes32[] calldata steps,
        Permission calldata permission
    ) external onContract(statuses) {
        bytes32 list = keccak256(abi.encodePacked(steps));
        _spend(statuses, permission, abi.encode(RequestTypes.SUPERSEDE, statuses, permission.trainer, node, successor, list));
        _call(statuses, permission.trainer, abi.encodeCall(IStatuses.supersede, (node, successor, steps)));
    }

    /// @inheritdoc IRelay
    function setStatus(
        address statuses,
        bytes32 node,
        IStatuses.Mark mark,
        string calldata reason,
        Permission calldata permission
    ) external onContract(statuses) {
        bytes32 reasonHash = keccak256(bytes(reason));
        _spend(statuses, permission, abi.encode(RequestTypes.SET_STATUS, statuses, permission.trainer, node, mark, reasonHash));
        _call(statuses, permission.trainer, abi.encodeCall(IStatuses.setStatus, (node, mark, reason)));
    }

    /// @inheritdoc IRelay
    function chooseShare(address registry, uint256 share, Permission calldata permission) external {
        _carry(RequestTypes.CHOOSE_SHARE, registry, IModelRegistry.chooseShare.selector, abi.encode(share), permission);
    }

    /// @inheritdoc IRelay
    function lowerShare(address vault, bytes32 node, uint256 share, Permission calldata permission) external {
        _carry(RequestTypes.LOWER_SHARE, vault, ICreditVault.lowerShare.selector, abi.encode(node, share), permission);
    }

    /// @inheritdoc IRelay
    function withdraw(
        address vault,
        address account,
        address token,
        address to,
        Permission calldata permission
    ) external {
        _carry(RequestTypes.WITHDRAW, vault, ICreditVault.withdraw.selector, abi.encode(account, token, to), permission);
    }

    /// @inheritdoc IRelay
    function setPayout(address trainers, address account, address payout, Permission calldata permission) external {
        _carry(RequestTypes.SET_PAYOUT, trainers, ITrainers.setPayout.selector, abi.encode(account, payout), permission);
    }

    /// @inheritdoc IRelay
    function offerKey(address trainers, address account, address key, Permission calldata permission) external {
        _carry(RequestTypes.OFFER_KEY, trainers, ITrainers.offerKey.selector, abi.encode(account, key), permission);
    }

    /// @inheritdoc IRelay
    function acceptKey(address trainers, address account, Permission calldata permission) external {
        _carry(RequestTypes.ACCEPT_KEY, trainers, ITrainers.acceptKey.selector, abi.encode(account), permission);
    }

    /// @inheritdoc IRelay
    function registerDataset(
        address datasets,
        ShardId[] calldata shardIds,
        string calldata uri,
        Permission calldata permission
    ) external onContract(datasets) {
        (bytes32 list, bytes32 uriHash) = (keccak256(abi.encodePacked(shardIds)), keccak256(bytes(uri)));
        address trainer = permission.trainer;
        _spend(datasets, permission, abi.encode(RequestTypes.REGISTER_DATASET, datasets, trainer, list, uriHash));
        _call(datasets, trainer, abi.encodeCall(IDatasets.registerDataset, (shardIds, uri)));
    }

    /// @inheritdoc IRelay
    function publish(
        address datasets,
        DatasetId dataset,
        string calldata uri,
        bytes32 archive,
        Permission calldata permission
    ) external onContract(datasets) {
        (bytes32 uriHash, address trainer) = (keccak256(bytes(uri)), permission.trainer);
        bytes memory fields = abi.encode(RequestTypes.PUBLISH_DATASET, datasets, trainer, dataset, uriHash, archive);
        _spend(datasets, permission, fields);
        _call(datasets, trainer, abi.encodeCall(IDatasets.publish, (dataset, uri, archive)));
    }

    /// @inheritdoc IRelay
    function revoke(address datasets, DatasetId dataset, Permission calldata permission) external {
        _carry(RequestTypes.REVOKE_DATASET, datasets, IDatasets.revoke.selector, abi.encode(dataset), permission);
    }

    /// @inheritdoc IRelay
    function attest(
        address attestations,
        IDataAttestations.List calldata list,
        address source,
        string calldata uri,
        string calldata licence,
        Permission calldata permission
    ) external onContract(attestations) {
        address trainer = permission.trainer;
        {
            // In pieces, since the stack has no room for all at once.
            bytes memory head = abi.encode(RequestTypes.ATTEST_DATASET, attestations, trainer, _idOf(list), source);
            bytes memory words = abi.encode(keccak256(bytes(uri)), keccak256(bytes(licence)));
            _spend(attestations, permission, bytes.concat(head, words));
        }
        _call(attestations, trainer, abi.encodeCall(IDataAttestations.attest, (list, source, uri, licence)));
    }

    /// @inheritdoc IRelay
    function withdrawAttestation(
        address attestations,
        IDataAttestations.List calldata list,
        address source,
        Permission calldata permission
    ) external onContract(attestations) {
        (DatasetId id, address trainer) = (_idOf(list), permission.trainer);
        bytes memory fields = abi.encode(RequestTypes.WITHDRAW_ATTESTATION, attestations, trainer, id, source);
        _spend(attestations, permission, fields);
        _call(attestations, trainer, abi.encodeCall(IDataAttestations.withdraw, (list, source)));
    }

    /// @inheritdoc IRelay
    function cancelSignatures(
        address attestations,
        DatasetId dataset,
        address source,
        Permission calldata permission
    ) external {
        bytes4 selector = IDataAttestations.cancelSignatures.selector;
        _carry(RequestTypes.CANCEL_SIGNATURES, attestations, selector, abi.encode(dataset, source), permission);
    }

    /// @inheritdoc IRelay
    function setOperator(
        address attestations,
        address source,
        address operator,
        bool allowed,
        Permission calldata permission
    ) external {
        bytes4 selector = IDataAttestations.setOperator.selector;
        _carry(RequestTypes.SET_OPERATOR, attestations, selector, abi.encode(source, operator, allowed), permission);
    }

    /// @inheritdoc IRelay
    function cancel(uint256 nonce) external {
        if (_used[msg.sender].get(nonce)) revert NonceUsed(msg.sender, nonce);
        _used[msg.sender].set(nonce);
        emit Cancelled(msg.sender, nonce);
    }

    /// @inheritdoc IRelay
    function isUsed(address trainer, uint256 nonce) external view returns (bool) {
        return _used[trainer].get(nonce);
    }

    /// @dev Once for all functions, whose code is long enough.
    function _requireContract(address target) private view {
        if (target.code.length == 0) revert NoContract(target);
    }

    /// @dev A shape as it is signed.
    function _fieldsOf(uint256 shape) private pure returns (bytes32 network, uint256 head) {
        return (keccak256(bytes(ShapeText.text(shape))), Shape.headNumber(shape));
    }

    function _trainFields(address registry, address trainer, IModelRegistry.TrainEdge calldata edge)
        private
        pure
        returns (bytes memory)
    {
        ModelId parent = Identity.ofModel(edge.parent, edge.shape);
        ModelId child = Identity.ofModel(edge.child, edge.shape);
        ShardId shard = Identity.ofShard(edge.shard, edge.descriptor);
        bytes memory head = abi.encode(RequestTypes.TRAIN, registry, trainer, parent, shard);
        return bytes.concat(
            head, abi.encode(edge.learningRate, edge.batch, edge.passes, edge.smoothing, child)
        );
    }

    function _mergeFields(address registry, address trainer, IModelRegistry.MergeEdge calldata edge)
        private
        pure
        returns (bytes memory)
    {
        ModelId[] memory parents = new ModelId[](edge.parents.length);
        for (uint256 i = 0; i < parents.length; ++i) {
            parents[i] = Identity.ofModel(edge.parents[i], edge.shape);
        }
        bytes32[] memory layers = new bytes32[](edge.coefficients.length);
        for (uint256 i = 0; i < layers.length; ++i) {
            layers[i] = keccak256(abi.encodePacked(edge.coefficients[i]));
        }
        ModelId child = Identity.ofModel(edge.child, edge.shape);
        (bytes32 list, bytes32 rows) = (keccak256(abi.encodePacked(parents)), keccak256(abi.encodePacked(layers)));
        return abi.encode(RequestTypes.MERGE, registry, trainer, list, rows, child);
    }

    function _foreignFields(address registry, address trainer, IModelRegistry.ForeignEdge calldata edge)
        private
        pure
        returns (bytes memory)
    {
        (bytes32 network, uint256 number) = _fieldsOf(edge.shape);
        bytes32 list = keccak256(abi.encodePacked(edge.parents));
        ModelId child = Identity.ofModel(edge.child, edge.shape);
        bytes memory head = abi.encode(RequestTypes.REGISTER_FOREIGN, registry, trainer, edge.program, list);
        return bytes.concat(head, abi.encode(network, number, edge.schema, child, keccak256(edge.foreignProof)));
    }

    function _scoreFields(address scoreboard, address trainer, IScoreboard.ScoreClaim calldata claim)
        private
        pure
        returns (bytes memory)
    {
        ModelId model = Identity.ofModel(claim.model, claim.shape);
        ShardId shard = Identity.ofShard(claim.shard, claim.descriptor);
        bytes memory head = abi.encode(RequestTypes.SCORE, scoreboard, trainer, model, shard, claim.result);
        return bytes.concat(
            head, abi.encode(claim.loss, claim.absolute, claim.k, claim.top, Counts.hash(claim.counts))
        );
    }

    function _chainFields(address registry, address trainer, G1Point[] calldata parent, uint256 shape, bytes32 list)
        private
        pure
        returns (bytes memory)
    {
        return abi.encode(RequestTypes.TRAIN_MANY, registry, trainer, Identity.ofModel(parent, shape), list);
    }

    function _idOf(IDataAttestations.List calldata list) private pure returns (DatasetId) {
        return Identity.ofDataset(list.registrar, list.shardIds, list.uri);
    }

    /// @dev Segments as a list of typed structs.
    function _hashSegments(IModelRegistry.Segment[] calldata segments, uint256 shape) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](segments.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            hashes[i] = _hashSegment(segments[i], shape);
        }
        return keccak256(abi.encodePacked(hashes));
    }

    /// @dev The shape of a segment's child is that of the parent, whose id binds it.
    function _hashSegment(IModelRegistry.Segment calldata segment, uint256 shape) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                RequestTypes.SEGMENT,
                Identity.ofShard(segment.shard, segment.descriptor),
                segment.learningRate,
                segment.batch,
                segment.passes,
                segment.smoothing,
                Identity.ofModel(segment.child, shape),
                segment.keep
            )
        );
    }

    /// @dev Checks a permission and uses it up.
    /// @param fields the typed struct's words but for its last two, nonce and deadline
    function _spend(address target, Permission calldata permission, bytes memory fields) private {
        (address trainer, uint256 nonce, uint256 deadline) =
            (permission.trainer, permission.nonce, permission.deadline);
        if (block.timestamp > deadline) revert Expired(deadline);
        if (_used[trainer].get(nonce)) revert NonceUsed(trainer, nonce);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encodePacked(fields, nonce, deadline)));
        if (!Signatures.isBy(trainer, digest, permission.signature)) revert WrongSignature(trainer);
        _used[trainer].set(nonce);
        emit Carried(trainer, target, nonce);
    }

    /// @dev Carries a request of single words, which the target's function takes as they were signed.
    /// @param words fields of the typed struct between trainer and nonce: the function's parameters
    function _carry(
        bytes32 request,
        address target,
        bytes4 selector,
        bytes memory words,
        Permission calldata permission
    ) private onContract(target) {
        address trainer = permission.trainer;
        _spend(target, permission, bytes.concat(abi.encode(request, target, trainer), words));
        _call(target, trainer, bytes.concat(selector, words));
    }

    /// @dev Calls a target for a trainer and passes on its error.
    function _call(address target, address trainer, bytes memory data) private {
        (bool success, bytes memory answer) = target.call(abi.encodePacked(data, trainer));
        if (success) return;
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IRelay).interfaceId;
    }
}
