// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Hashes of the typed structs that trainers sign for the relay (EIP-712)
library RequestTypes {
    bytes32 internal constant REGISTER_SHARD = keccak256(
        "RegisterShard(address registry,address trainer,uint256 inputs,uint256 outputs,uint256 rows,uint8 kind,bytes32 schema,bytes32 shard,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant REQUEST_SEED = keccak256(
        "RequestSeed(address registry,address trainer,string network,uint8 head,bytes32 secretHash,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant SEED = keccak256(
        "Seed(address registry,address trainer,uint256 requestId,bytes32 model,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant TRAIN = keccak256(
        "Train(address registry,address trainer,bytes32 parent,bytes32 shard,uint256 learningRate,uint256 batch,uint256 passes,uint256 smoothing,bytes32 child,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant SEGMENT = keccak256(
        "Segment(bytes32 shard,uint256 learningRate,uint256 batch,uint256 passes,uint256 smoothing,bytes32 child,bool keep)"
    );
    bytes32 internal constant TRAIN_MANY = keccak256(
        "TrainMany(address registry,address trainer,bytes32 parent,Segment[] segments,uint256 nonce,uint256 deadline)Segment(bytes32 shard,uint256 learningRate,uint256 batch,uint256 passes,uint256 smoothing,bytes32 child,bool keep)"
    );
    bytes32 internal constant ROOT = keccak256(
        "Import(address registry,address trainer,string network,uint8 head,bytes32 source,bytes32 schema,bytes32 model,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant MERGE = keccak256(
        "Merge(address registry,address trainer,bytes32[] parents,int24[][] coefficients,bytes32 child,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant REGISTER_FOREIGN = keccak256(
        "RegisterForeign(address registry,address trainer,uint256 program,bytes32[] parents,string network,uint8 head,bytes32 schema,bytes32 child,bytes32 foreignProof,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant SCORE = keccak256(
        "Score(address scoreboard,address trainer,bytes32 model,bytes32 shard,uint256 result,uint256 loss,uint256 absolute,uint256 k,uint256 top,bytes32 counted,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant WRITE_CARD = keccak256(
        "WriteCard(address cards,address trainer,bytes32 model,string name,string uri,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant SUPERSEDE = keccak256(
        "Supersede(address statuses,address trainer,bytes32 node,bytes32 successor,bytes32[] steps,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant SET_STATUS = keccak256(
        "SetStatus(address statuses,address trainer,bytes32 node,uint8 mark,string reason,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant CHOOSE_SHARE =
        keccak256("ChooseShare(address registry,address trainer,uint256 share,uint256 nonce,uint256 deadline)");
    bytes32 internal constant LOWER_SHARE =
        keccak256("LowerShare(address vault,address trainer,bytes32 node,uint256 share,uint256 nonce,uint256 deadline)");
    bytes32 internal constant WITHDRAW = keccak256(
        "Withdraw(address vault,address trainer,address account,address token,address to,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant SET_PAYOUT = keccak256(
        "SetPayout(address trainers,address trainer,address account,address payout,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant OFFER_KEY = keccak256(
        "OfferKey(address trainers,address trainer,address account,address key,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant ACCEPT_KEY =
        keccak256("AcceptKey(address trainers,address trainer,address account,uint256 nonce,uint256 deadline)");
    bytes32 internal constant REGISTER_DATASET = keccak256(
        "RegisterDataset(address datasets,address trainer,bytes32[] shardIds,string uri,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant PUBLISH_DATASET = keccak256(
        "PublishDataset(address datasets,address trainer,bytes32 dataset,string uri,bytes32 archive,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant REVOKE_DATASET =
        keccak256("RevokeDataset(address datasets,address trainer,bytes32 dataset,uint256 nonce,uint256 deadline)");
    bytes32 internal constant ATTEST_DATASET = keccak256(
        "AttestDataset(address attestations,address trainer,bytes32 dataset,address source,string uri,string licence,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant WITHDRAW_ATTESTATION = keccak256(
        "WithdrawAttestation(address attestations,address trainer,bytes32 dataset,address source,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant CANCEL_SIGNATURES = keccak256(
        "CancelSignatures(address attestations,address trainer,bytes32 dataset,address source,uint256 nonce,uint256 deadline)"
    );
    bytes32 internal constant SET_OPERATOR = keccak256(
        "SetOperator(address attestations,address trainer,address source,address operator,bool allowed,uint256 nonce,uint256 deadline)"
    );
}
