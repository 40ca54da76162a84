// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IDataAttestations} from "./IDataAttestations.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {IScoreboard} from "./IScoreboard.sol";
import {IStatuses} from "./IStatuses.sol";
import {DatasetId, ShardId} from "./Ids.sol";
import {G1Point, Proof} from "./Proof.sol";

/// @title Trainers sign, anybody pays
/// @notice Carries a trainer's signed request to a registry, a scoreboard, a contract of cards, of statuses, of trainers, of datasets or of attestations, or a credit vault, which then acts as if the
/// trainer had called. The request is EIP-712 typed data (domain "Descent relay", version "1", this chain, this contract)
/// that a wallet can show: one type for each function here. Models and shards stand in it by their ids, which are hashes of
/// commitments and shapes. The shape of a new model stands in it as people read it, like `784-128-10` or
/// `28x28x1-c8k5s2p2-a2-c16k3p1-10`, and its head. Proofs are not signed: each is bound to chain, contract and trainer by itself, so that another
/// valid one registers the same.
///
/// There is no owner and nothing to set. A request works once, until its deadline, in any order with others; the trainer can
/// cancel it. Signatures of keys are accepted as well as those of contract accounts (ERC-1271); an account with a key and
/// code (EIP-7702) may use either way. What the target refuses, reverts with the target's error and leaves the request
/// unused.
interface IRelay {
    /// @notice What a trainer allowed.
    /// @param trainer whose request it is; signed
    /// @param nonce any number that the trainer has not used; signed
    /// @param deadline the last second in which it may be carried; signed
    /// @param signature by the trainer: 65 bytes r, s, v with the lower s, or whatever its contract accepts
    struct Permission {
        address trainer;
        uint256 nonce;
        uint256 deadline;
        bytes signature;
    }

    /// @notice A request was carried to a target.
    event Carried(address indexed trainer, address indexed target, uint256 nonce);

    /// @notice A trainer cancelled a request, or what would have become one.
    event Cancelled(address indexed trainer, uint256 nonce);

    /// @notice Thrown when a request is carried after its deadline.
    error Expired(uint256 deadline);
    /// @notice Thrown when a request was carried or cancelled already.
    error NonceUsed(address trainer, uint256 nonce);
    /// @notice Thrown when the trainer has not signed exactly this request.
    error WrongSignature(address trainer);
    /// @notice Thrown when the target has no code.
    error NoContract(address target);

    /// @notice Carries RegisterShard(address registry,address trainer,uint256 inputs,uint256 outputs,uint256 rows,uint8
    /// kind,bytes32 schema,bytes32 shard,uint256 nonce,uint256 deadline).
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
    ) external;

    /// @notice Carries RequestSeed(address registry,address trainer,string network,uint8 head,bytes32 secretHash,uint256
    /// nonce,uint256 deadline).
    function requestSeed(
        address registry,
        uint256 shape,
        bytes32 secretHash,
        Permission calldata permission
    ) external;

    /// @notice Carries Seed(address registry,address trainer,uint256 requestId,bytes32 model,uint256 nonce,uint256 deadline).
    /// The request binds the secret, so that it is not signed again.
    function seed(
        address registry,
        uint256 requestId,
        bytes32 secret,
        G1Point[] calldata commitment,
        Proof calldata proof,
        Permission calldata permission
    ) external;

    /// @notice Carries Train(address registry,address trainer,bytes32 parent,bytes32 shard,uint256 learningRate,uint256
    /// batch,uint256 passes,uint256 smoothing,bytes32 child,uint256 nonce,uint256 deadline).
    function train(
        address registry,
        IModelRegistry.TrainEdge calldata edge,
        Proof calldata proof,
        Permission calldata permission
    ) external;

    /// @notice Carries TrainMany(address registry,address trainer,bytes32 parent,Segment[] segments,uint256 nonce,uint256
    /// deadline)Segment(bytes32 shard,uint256 learningRate,uint256 batch,uint256 passes,uint256 smoothing,bytes32 child,bool
    /// keep).
    function trainMany(
        address registry,
        G1Point[] calldata parent,
        uint256 shape,
        IModelRegistry.Segment[] calldata segments,
        Proof[] calldata proofs,
        Permission calldata permission
    ) external;

    /// @notice Carries Import(address registry,address trainer,string network,uint8 head,bytes32 source,bytes32 schema,bytes32
    /// model,uint256 nonce,uint256 deadline).
    function importModel(
        address registry,
        uint256 shape,
        bytes32 source,
        bytes32 schema,
        G1Point[] calldata commitment,
        Proof calldata proof,
        Permission calldata permission
    ) external;

    /// @notice Carries Merge(address registry,address trainer,bytes32[] parents,int24[][] coefficients,bytes32 child,uint256
    /// nonce,uint256 deadline).
    function merge(
        address registry,
        IModelRegistry.MergeEdge calldata edge,
        Proof calldata proof,
        Permission calldata permission
    ) external;

    /// @notice Carries RegisterForeign(address registry,address trainer,uint256 program,bytes32[] parents,string network,uint8
    /// head,bytes32 schema,bytes32 child,bytes32 foreignProof,uint256 nonce,uint256 deadline). `foreignProof` is the keccak256
    /// of the bytes for the adapter, which may say more than ids do.
    function registerForeign(
        address registry,
        IModelRegistry.ForeignEdge calldata edge,
        Proof calldata proof,
        Permission calldata permission
    ) external;

    /// @notice Carries Score(address scoreboard,address trainer,bytes32 model,bytes32 shard,uint256 result,uint256
    /// loss,uint256 absolute,uint256 k,uint256 top,bytes32 counted,uint256 nonce,uint256 deadline). `counted` is the keccak256 of
    /// the counts, 0 of none. The point is not signed: the proof is for it alone.
    function score(
        address scoreboard,
        IScoreboard.ScoreClaim calldata claim,
        Proof calldata proof,
        Permission calldata permission
    ) external;

    /// @notice Carries WriteCard(address cards,address trainer,bytes32 model,string name,string uri,uint256 nonce,uint256
    /// deadline).
    function writeCard(
        address cards,
        bytes32 model,
        string calldata name,
        string calldata uri,
        Permission calldata permission
    ) external;

    /// @notice Carries Supersede(address statuses,address trainer,bytes32 node,bytes32 successor,bytes32[] steps,uint256
    /// nonce,uint256 deadline).
    function supersede(
        address statuses,
        bytes32 node,
        bytes32 successor,
        bytes32[] calldata steps,
        Permission calldata permission
    ) external;

    /// @notice Carries SetStatus(address statuses,address trainer,bytes32 node,uint8 mark,string reason,uint256 nonce,uint256
    /// deadline).
    function setStatus(
        address statuses,
        bytes32 node,
        IStatuses.Mark mark,
        string calldata reason,
        Permission calldata permission
    ) external;

    /// @notice Carries ChooseShare(address registry,address trainer,uint256 share,uint256 nonce,uint256 deadline).
    function chooseShare(address registry, uint256 share, Permission calldata permission) external;

    /// @notice Carries LowerShare(address vault,address trainer,bytes32 node,uint256 share,uint256 nonce,uint256 deadline).
    /// `trainer`, here and in what follows, is who signs: the key of the trainer that the node names.
    function lowerShare(address vault, bytes32 node, uint256 share, Permission calldata permission) external;

    /// @notice Carries Withdraw(address vault,address trainer,address account,address token,address to,uint256 nonce,uint256
    /// deadline). `account`, here and in what follows, is the trainer that nodes name, for whom the key acts.
    function withdraw(
        address vault,
        address account,
        address token,
        address to,
        Permission calldata permission
    ) external;

    /// @notice Carries SetPayout(address trainers,address trainer,address account,address payout,uint256 nonce,uint256 deadline).
    function setPayout(address trainers, address account, address payout, Permission calldata permission) external;

    /// @notice Carries OfferKey(address trainers,address trainer,address account,address key,uint256 nonce,uint256 deadline).
    function offerKey(address trainers, address account, address key, Permission calldata permission) external;

    /// @notice Carries AcceptKey(address trainers,address trainer,address account,uint256 nonce,uint256 deadline).
    function acceptKey(address trainers, address account, Permission calldata permission) external;

    /// @notice Carries RegisterDataset(address datasets,address trainer,bytes32[] shardIds,string uri,uint256 nonce,uint256
    /// deadline). Whoever signs is the registrar.
    function registerDataset(
        address datasets,
        ShardId[] calldata shardIds,
        string calldata uri,
        Permission calldata permission
    ) external;

    /// @notice Carries PublishDataset(address datasets,address trainer,bytes32 dataset,string uri,bytes32 archive,uint256
    /// nonce,uint256 deadline). `trainer` is the registrar's key.
    function publish(
        address datasets,
        DatasetId dataset,
        string calldata uri,
        bytes32 archive,
        Permission calldata permission
    ) external;

    /// @notice Carries RevokeDataset(address datasets,address trainer,bytes32 dataset,uint256 nonce,uint256 deadline).
    /// `trainer` is the registrar's key.
    function revoke(address datasets, DatasetId dataset, Permission calldata permission) external;

    /// @notice Carries AttestDataset(address attestations,address trainer,bytes32 dataset,address source,string uri,string
    /// licence,uint256 nonce,uint256 deadline). `trainer`, here and in what follows, is the source's key or its operator. The
    /// dataset's id is the hash of its list.
    function attest(
        address attestations,
        IDataAttestations.List calldata list,
        address source,
        string calldata uri,
        string calldata licence,
        Permission calldata permission
    ) external;

    /// @notice Carries WithdrawAttestation(address attestations,address trainer,bytes32 dataset,address source,uint256
    /// nonce,uint256 deadline). It withdraws what stands when it is carried.
    function withdrawAttestation(
        address attestations,
        IDataAttestations.List calldata list,
        address source,
        Permission calldata permission
    ) external;

    /// @notice Carries CancelSignatures(address attestations,address trainer,bytes32 dataset,address source,uint256 nonce,uint256
    /// deadline).
    function cancelSignatures(
        address attestations,
        DatasetId dataset,
        address source,
        Permission calldata permission
    ) external;

    /// @notice Carries SetOperator(address attestations,address trainer,address source,address operator,bool allowed,uint256
    /// nonce,uint256 deadline). Only the source's key can sign it.
    function setOperator(
        address attestations,
        address source,
        address operator,
        bool allowed,
        Permission calldata permission
    ) external;

    /// @notice Makes a nonce of the sender's useless, and with it any request that carries it.
    function cancel(uint256 nonce) external;

    /// @notice Whether a nonce of a trainer was carried or cancelled.
    function isUsed(address trainer, uint256 nonce) external view returns (bool);
}
