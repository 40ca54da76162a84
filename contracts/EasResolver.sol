// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {IDataAttestations} from "./interfaces/IDataAttestations.sol";
import {IDatasets} from "./interfaces/IDatasets.sol";
import {ITrainers} from "./interfaces/ITrainers.sol";
import {EasAttestation, IEasResolver} from "./interfaces/IEasResolver.sol";
import {DatasetId, ShardId} from "./interfaces/Ids.sol";

/// @title EasResolver
/// @notice Passes on what EAS says to one contract of attestations.
contract EasResolver is IEasResolver, Described {
    /// @dev What an attestation's data says.
    struct Words {
        IDataAttestations.List list;
        string uri;
        string licence;
    }

    string private constant SCHEMA_TEXT = "address registrar,bytes32[] shards,string list,string uri,string licence";

    address private immutable EAS;
    IDataAttestations private immutable ATTESTATIONS;
    IDatasets private immutable DATASETS;
    ITrainers private immutable TRAINERS;

    /// @dev The place of an attestation of EAS among those of the source about the dataset, counted from 1.
    mapping(bytes32 uid => uint256) private _places;

    modifier onlyEas() {
        if (msg.sender != EAS) revert NotEas(msg.sender);
        _;
    }

    /// @param eas_ the contract EAS of this chain; trusted to say who attested
    /// @param attestations_ where the sources' words are kept
    constructor(address eas_, IDataAttestations attestations_) {
        EAS = eas_;
        ATTESTATIONS = attestations_;
        DATASETS = attestations_.datasets();
        TRAINERS = attestations_.trainers();
    }

    /// @inheritdoc IEasResolver
    function attest(EasAttestation calldata attestation) external onlyEas returns (bool) {
        _attest(attestation);
        return true;
    }

    /// @inheritdoc IEasResolver
    function multiAttest(EasAttestation[] calldata attestations_, uint256[] calldata) external onlyEas returns (bool) {
        for (uint256 i = 0; i < attestations_.length; ++i) {
            _attest(attestations_[i]);
        }
        return true;
    }

    /// @inheritdoc IEasResolver
    function revoke(EasAttestation calldata attestation) external onlyEas returns (bool) {
        _revoke(attestation);
        return true;
    }

    /// @inheritdoc IEasResolver
    function multiRevoke(EasAttestation[] calldata attestations_, uint256[] calldata) external onlyEas returns (bool) {
        for (uint256 i = 0; i < attestations_.length; ++i) {
            _revoke(attestations_[i]);
        }
        return true;
    }

    /// @inheritdoc IEasResolver
    function eas() external view returns (address) {
        return EAS;
    }

    /// @inheritdoc IEasResolver
    function attestations() external view returns (IDataAttestations) {
        return ATTESTATIONS;
    }

    /// @inheritdoc IEasResolver
    function schema() public view returns (bytes32) {
        return keccak256(abi.encodePacked(SCHEMA_TEXT, address(this), true));
    }

    /// @inheritdoc IEasResolver
    function isPayable() external pure returns (bool) {
        return false;
    }

    /// @inheritdoc IEasResolver
    function schemaText() external pure returns (string memory) {
        return SCHEMA_TEXT;
    }

    /// @dev At EAS a source speaks by its own address. Where that is no longer its key, its leave for this contract does not help:
    /// a new key that gives it would give it to the old one.
    function _attest(EasAttestation calldata attestation) private {
        address source = attestation.attester;
        if (attestation.schema != schema()) revert OtherSchema(attestation.schema);
        if (attestation.expirationTime != 0) revert AttestationExpires(attestation.expirationTime);
        if (TRAINERS.keyOf(source) != source) revert IDataAttestations.NotTheSource(source, source);
        Words memory words = _decode(attestation.data);
        _places[attestation.uid] = 1 + ATTESTATIONS.attest(words.list, source, words.uri, words.licence);
    }

    /// @dev EAS only passes on what this contract took before.
    function _revoke(EasAttestation calldata attestation) private {
        address source = attestation.attester;
        IDataAttestations.List memory list = _decode(attestation.data).list;
        DatasetId id = DATASETS.datasetId(list.registrar, list.shardIds, list.uri);
        bool isLast = ATTESTATIONS.attestationCount(id, source) == _places[attestation.uid];
        if (isLast && ATTESTATIONS.isAttested(id, source)) ATTESTATIONS.withdraw(list, source);
    }

    function _decode(bytes calldata data) private pure returns (Words memory words) {
        (words.list.registrar, words.list.shardIds, words.list.uri, words.uri, words.licence) =
            abi.decode(data, (address, ShardId[], string, string, string));
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IEasResolver).interfaceId;
    }
}
