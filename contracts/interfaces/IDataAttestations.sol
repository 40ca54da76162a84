// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {DatasetId, ShardId} from "./Ids.sol";
import {IDatasets} from "./IDatasets.sol";
import {ITrainers} from "./ITrainers.sol";

/// @title Sources say that data is theirs
/// @notice A *source* is any address: a hospital's, a library's, a person's. It attests that the rows of a registered dataset are
/// its own, with an address where more can be read and a licence. That shows that the source said so, and nothing more: not that
/// the rows are the source's, that they are what the text says, or that the licence allows a training. Anyone may say it of
/// any dataset, so whoever asks must name the source that it trusts.
///
/// A source acts by its key (ITrainers), by an operator that its key allowed, or by a signature of its key, which anyone may carry.
/// What is signed is EIP-712 typed data, domain "Descent data attestations", version "1", this chain, this contract:
///
///     Attest(bytes32 dataset,address source,string uri,string licence,uint256 nonce,uint256 deadline)
///     Withdraw(bytes32 dataset,address source,uint256 nonce,uint256 deadline)
///
/// The nonce is `nonceOf` the dataset and the source. Each act of the source on the dataset uses it up: a signature works once, and
/// none outlives a later act.
///
/// A dataset's shards are not stored; callers pass them again, and the dataset's id proves them. A source's first word about a shard
/// costs about 23,000 gas: longer lists than a transaction has room for, some 700 shards of 2^24 gas, cannot be attested.
interface IDataAttestations {
    /// @notice A dataset as it was registered: its id is the hash of these.
    struct List {
        address registrar;
        ShardId[] shardIds;
        string uri;
    }

    /// @notice What a source said of a dataset.
    /// @param operator who said it for the source; zero where the source's key did, itself or by a signature
    /// @param blockNumber of the block in which it was said
    /// @param endBlock the block in which the source withdrew it or said something else; zero while it stands
    /// @param uri at most 256 bytes of hostile text
    /// @param licence SPDX expression, at most 64 bytes of hostile text; empty: not stated
    struct Attestation {
        address operator;
        uint256 blockNumber;
        uint256 endBlock;
        string uri;
        string licence;
    }

    /// @notice A source said that a dataset is its own, in place of what it said before.
    /// @param index of the attestation, from 0, among those of the source about the dataset
    /// @param operator who said it for the source; zero where the source's key did, itself or by a signature
    event DataAttested(
        DatasetId indexed dataset, address indexed source, uint256 index, address operator, string uri, string licence
    );

    /// @notice A source no longer says that a dataset is its own.
    /// @param operator who withdrew it for the source; zero where the source's key did, itself or by a signature
    event AttestationWithdrawn(DatasetId indexed dataset, address indexed source, uint256 index, address operator);

    /// @notice A source made all signatures useless that it had given for a dataset.
    event SignaturesCancelled(DatasetId indexed dataset, address indexed source, uint256 nonce);

    /// @notice The key of a source allowed another address to act for it, or no longer does.
    event OperatorSet(address indexed source, address indexed key, address indexed operator, bool allowed);

    /// @notice Thrown when there is no such dataset.
    error UnknownDataset(DatasetId id);
    /// @notice Thrown when somebody acts for a source that may not.
    error NotTheSource(address source, address account);
    /// @notice Thrown when a source has nothing to withdraw.
    error NotAttested(DatasetId dataset, address source);
    /// @notice Thrown when an address has more than 256 bytes.
    error UriTooLong(uint256 length);
    /// @notice Thrown when a licence has more than 64 bytes.
    error LicenceTooLong(uint256 length);
    /// @notice Thrown when a signature comes after its deadline.
    error Expired(uint256 deadline);
    /// @notice Thrown when the key of the source has not signed exactly this.
    error WrongSignature(address source);

    /// @notice Says that a dataset is the source's own. Only the source's key and its operators.
    /// @param list the dataset, which must be registered
    /// @param uri where more can be read, at most 256 bytes
    /// @param licence SPDX expression, at most 64 bytes; empty: not stated
    /// @return index of the attestation among those of the source about the dataset
    function attest(List calldata list, address source, string calldata uri, string calldata licence)
        external
        returns (uint256 index);

    /// @notice The same with a signature of the source's key. Anyone may carry it.
    /// @param deadline last second in which it may be carried
    /// @param signature of Attest, with `nonceOf` as it is now
    function attestSigned(
        List calldata list,
        address source,
        string calldata uri,
        string calldata licence,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 index);

    /// @notice Takes back what a source said of a dataset. It stays readable as history. Only the source's key, its operators and
    /// the operator that made the attestation, even where it is no longer allowed to make others.
    function withdraw(List calldata list, address source) external;

    /// @notice The same with a signature of the source's key. Anyone may carry it.
    /// @param signature of Withdraw, with `nonceOf` as it is now
    function withdrawSigned(List calldata list, address source, uint256 deadline, bytes calldata signature) external;

    /// @notice Makes all signatures useless that a source gave for a dataset so far. Only the source's key and its operators.
    function cancelSignatures(DatasetId dataset, address source) external;

    /// @notice Allows an address to attest and withdraw for a source, or no longer. Only the source's key. When the source gets
    /// another key, all leave that the old one gave ends. It counts again if that key ever gets the source's rights back.
    function setOperator(address source, address operator, bool allowed) external;

    /// @notice Whether a source says of a shard that it is its own: at least one dataset with the shard is attested by it now. One
    /// read of storage.
    function isAttestedBy(ShardId shard, address source) external view returns (bool);

    /// @notice Whether a source says of a dataset that it is its own.
    function isAttested(DatasetId dataset, address source) external view returns (bool);

    /// @notice What a source said last of a dataset; all zero where it never said anything. It stands unless `endBlock` is set.
    function attestation(DatasetId dataset, address source) external view returns (Attestation memory);

    /// @notice How often a source said that a dataset is its own.
    function attestationCount(DatasetId dataset, address source) external view returns (uint256);

    /// @notice What a source said of a dataset, oldest first.
    /// @param from the first, counted from 0
    /// @param count at most so many; fewer where there are no more
    function attestations(DatasetId dataset, address source, uint256 from, uint256 count)
        external
        view
        returns (Attestation[] memory);

    /// @notice How many sources ever said that a dataset is their own.
    function sourceCount(DatasetId dataset) external view returns (uint256);

    /// @notice Who ever said that a dataset is its own, in the order of the first time. Anyone can become one of them.
    /// @param from the first, counted from 0
    /// @param count at most so many; fewer where there are no more
    /// @return sources with
    /// @return stands whether each says so now
    function sourcesOf(DatasetId dataset, uint256 from, uint256 count)
        external
        view
        returns (address[] memory sources, bool[] memory stands);

    /// @notice The nonce of the next signature of a source for a dataset.
    function nonceOf(DatasetId dataset, address source) external view returns (uint256);

    /// @notice Whether an address may act for a source: its key, and whom that key allowed to.
    function mayActFor(address source, address account) external view returns (bool);

    /// @notice The datasets that are attested.
    function datasets() external view returns (IDatasets);

    /// @notice Who acts for sources.
    function trainers() external view returns (ITrainers);
}
