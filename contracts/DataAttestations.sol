// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Blocks} from "./Blocks.sol";
import {Described} from "./Described.sol";
import {Relayed} from "./Relayed.sol";
import {IDataAttestations} from "./interfaces/IDataAttestations.sol";
import {IDatasets} from "./interfaces/IDatasets.sol";
import {ITrainers} from "./interfaces/ITrainers.sol";
import {DatasetId, ShardId} from "./interfaces/Ids.sol";
import {Identity} from "./libraries/Identity.sol";
import {Page} from "./libraries/Page.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title DataAttestations
/// @notice What sources say of the datasets of one contract. It has no owner: each source decides about its own words.
contract DataAttestations is IDataAttestations, EIP712, Relayed, Blocks, Described {
    /// @dev The first three in one word.
    struct Entry {
        address operator;
        uint48 blockNumber;
        uint48 endBlock;
        string uri;
        string licence;
    }

    /// @notice In bytes.
    uint256 public constant MAX_URI = 256;
    /// @notice In bytes.
    uint256 public constant MAX_LICENCE = 64;

    bytes32 private constant ATTEST = keccak256(
        "Attest(bytes32 dataset,address source,string uri,string licence,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant WITHDRAW =
        keccak256("Withdraw(bytes32 dataset,address source,uint256 nonce,uint256 deadline)");

    IDatasets private immutable DATASETS;
    ITrainers private immutable TRAINERS;

    mapping(DatasetId dataset => mapping(address source => Entry[])) private _entries;
    mapping(DatasetId dataset => mapping(address source => uint256)) private _nonces;
    mapping(DatasetId dataset => address[]) private _sources;
    /// @dev How many datasets with a shard a source attests now.
    mapping(ShardId shard => mapping(address source => uint256)) private _standing;
    /// @dev By the key that allowed them, so that the next key begins without.
    mapping(address source => mapping(address key => mapping(address operator => bool))) private _operators;

    modifier onlyFor(address source) {
        if (!mayActFor(source, _sender())) revert NotTheSource(source, _sender());
        _;
    }

    /// @param datasets_ that are attested
    /// @param trainers_ says who acts for a source
    /// @param relay_ which carries what sources signed for it
    constructor(IDatasets datasets_, ITrainers trainers_, address relay_)
        EIP712("Descent data attestations", "1")
        Relayed(relay_)
    {
        DATASETS = datasets_;
        TRAINERS = trainers_;
    }

    /// @inheritdoc IDataAttestations
    function attest(List calldata list, address source, string calldata uri, string calldata licence)
        external
        onlyFor(source)
        returns (uint256 index)
    {
        return _attest(list, source, uri, licence, _operatorFor(source));
    }

    /// @inheritdoc IDataAttestations
    function attestSigned(
        List calldata list,
        address source,
        string calldata uri,
        string calldata licence,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 index) {
        (bytes32 uriHash, bytes32 licenceHash) = (keccak256(bytes(uri)), keccak256(bytes(licence)));
        bytes memory fields = abi.encode(ATTEST, _idOf(list), source, uriHash, licenceHash);
        _requireSigned(fields, _idOf(list), source, deadline, signature);
        return _attest(list, source, uri, licence, address(0));
    }

    /// @inheritdoc IDataAttestations
    function withdraw(List calldata list, address source) external {
        DatasetId id = _idOf(list);
        Entry storage entry = _standingEntry(id, source);
        address sender = _sender();
        if (entry.operator != sender && !mayActFor(source, sender)) revert NotTheSource(source, sender);
        _withdraw(id, list.shardIds, source, _operatorFor(source));
    }

    /// @inheritdoc IDataAttestations
    function withdrawSigned(List calldata list, address source, uint256 deadline, bytes calldata signature) external {
        DatasetId id = _idOf(list);
        _requireSigned(abi.encode(WITHDRAW, id, source), id, source, deadline, signature);
        _withdraw(id, list.shardIds, source, address(0));
    }

    /// @inheritdoc IDataAttestations
    function cancelSignatures(DatasetId dataset, address source) external onlyFor(source) {
        uint256 nonce = _nonces[dataset][source];
        _nonces[dataset][source] = nonce + 1;
        emit SignaturesCancelled(dataset, source, nonce);
    }

    /// @inheritdoc IDataAttestations
    function setOperator(address source, address operator, bool allowed) external {
        address key = TRAINERS.keyOf(source);
        if (key != _sender()) revert NotTheSource(source, _sender());
        _operators[source][key][operator] = allowed;
        emit OperatorSet(source, key, operator, allowed);
    }

    /// @inheritdoc IDataAttestations
    function isAttestedBy(ShardId shard, address source) external view returns (bool) {
        return _standing[shard][source] != 0;
    }

    /// @inheritdoc IDataAttestations
    function isAttested(DatasetId dataset, address source) public view returns (bool) {
        Entry[] storage all = _entries[dataset][source];
        return all.length != 0 && all[all.length - 1].endBlock == 0;
    }

    /// @inheritdoc IDataAttestations
    function attestation(DatasetId dataset, address source) external view returns (Attestation memory last) {
        Entry[] storage all = _entries[dataset][source];
        if (all.length != 0) last = _read(all[all.length - 1]);
    }

    /// @inheritdoc IDataAttestations
    function attestationCount(DatasetId dataset, address source) external view returns (uint256) {
        return _entries[dataset][source].length;
    }

    /// @inheritdoc IDataAttestations
    function attestations(DatasetId dataset, address source, uint256 from, uint256 count)
        external
        view
        returns (Attestation[] memory list)
    {
        Entry[] storage all = _entries[dataset][source];
        list = new Attestation[](Page.length(all.length, from, count));
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = _read(all[from + i]);
        }
    }

    /// @inheritdoc IDataAttestations
    function sourceCount(DatasetId dataset) external view returns (uint256) {
        return _sources[dataset].length;
    }

    /// @inheritdoc IDataAttestations
    function sourcesOf(DatasetId dataset, uint256 from, uint256 count)
        external
        view
        returns (address[] memory sources, bool[] memory stands)
    {
        address[] storage all = _sources[dataset];
        uint256 length = Page.length(all.length, from, count);
        (sources, stands) = (new address[](length), new bool[](length));
        for (uint256 i = 0; i < length; ++i) {
            sources[i] = all[from + i];
            stands[i] = isAttested(dataset, sources[i]);
        }
    }

    /// @inheritdoc IDataAttestations
    function nonceOf(DatasetId dataset, address source) external view returns (uint256) {
        return _nonces[dataset][source];
    }

    /// @inheritdoc IDataAttestations
    function mayActFor(address source, address account) public view returns (bool) {
        address key = TRAINERS.keyOf(source);
        return account == key || _operators[source][key][account];
    }

    /// @inheritdoc IDataAttestations
    function datasets() external view returns (IDatasets) {
        return DATASETS;
    }

    /// @inheritdoc IDataAttestations
    function trainers() external view returns (ITrainers) {
        return TRAINERS;
    }

    /// @dev Replaces what stands of the source on the dataset, whose shards are then counted already.
    function _attest(
        List calldata list,
        address source,
        string calldata uri,
        string calldata licence,
        address operator
    ) private returns (uint256 index) {
        if (bytes(uri).length > MAX_URI) revert UriTooLong(bytes(uri).length);
        if (bytes(licence).length > MAX_LICENCE) revert LicenceTooLong(bytes(licence).length);
        DatasetId id = _idOf(list);
        if (DATASETS.dataset(id).registrar == address(0)) revert UnknownDataset(id);
        uint48 now_ = uint48(_blockNumber());
        Entry[] storage all = _entries[id][source];
        index = all.length;
        if (isAttested(id, source)) all[index - 1].endBlock = now_;
        else _count(list.shardIds, source, true);
        if (index == 0) _sources[id].push(source);
        ++_nonces[id][source];
        all.push(Entry(operator, now_, 0, uri, licence));
        emit DataAttested(id, source, index, operator, uri, licence);
    }

    function _withdraw(DatasetId id, ShardId[] calldata shardIds, address source, address operator) private {
        _standingEntry(id, source).endBlock = uint48(_blockNumber());
        _count(shardIds, source, false);
        ++_nonces[id][source];
        emit AttestationWithdrawn(id, source, _entries[id][source].length - 1, operator);
    }

    function _count(ShardId[] calldata shardIds, address source, bool more) private {
        for (uint256 i = 0; i < shardIds.length; ++i) {
            if (more) ++_standing[shardIds[i]][source];
            else --_standing[shardIds[i]][source];
        }
    }

    /// @param fields the typed struct's words but for its last two, nonce and deadline
    function _requireSigned(
        bytes memory fields,
        DatasetId id,
        address source,
        uint256 deadline,
        bytes calldata signature
    ) private view {
        if (block.timestamp > deadline) revert Expired(deadline);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encodePacked(fields, _nonces[id][source], deadline)));
        if (!Signatures.isBy(TRAINERS.keyOf(source), digest, signature)) revert WrongSignature(source);
    }

    function _standingEntry(DatasetId id, address source) private view returns (Entry storage) {
        if (!isAttested(id, source)) revert NotAttested(id, source);
        Entry[] storage all = _entries[id][source];
        return all[all.length - 1];
    }

    /// @return who acts in the sender's call for a source; zero where that is its key
    function _operatorFor(address source) private view returns (address) {
        return TRAINERS.keyOf(source) == _sender() ? address(0) : _sender();
    }

    function _read(Entry storage entry) private view returns (Attestation memory) {
        return Attestation(entry.operator, entry.blockNumber, entry.endBlock, entry.uri, entry.licence);
    }

    function _idOf(List calldata list) private pure returns (DatasetId) {
        return Identity.ofDataset(list.registrar, list.shardIds, list.uri);
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IDataAttestations).interfaceId;
    }
}
