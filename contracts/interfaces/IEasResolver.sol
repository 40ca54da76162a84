// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IDataAttestations} from "./IDataAttestations.sol";

/// @notice An attestation as the Ethereum Attestation Service (EAS) passes it to resolvers.
/// @param uid of the attestation
/// @param schema of its data
/// @param time when it was made, in seconds
/// @param expirationTime when it ends, in seconds; zero: never
/// @param revocationTime when it was revoked, in seconds; zero: not revoked
/// @param refUID of another one that it refers to
/// @param recipient whom it is about
/// @param attester who made it
/// @param revocable whether the attester may revoke it
/// @param data as the schema says
struct EasAttestation {
    bytes32 uid;
    bytes32 schema;
    uint64 time;
    uint64 expirationTime;
    uint64 revocationTime;
    bytes32 refUID;
    address recipient;
    address attester;
    bool revocable;
    bytes data;
}

/// @title Attestations of EAS become attestations of data
/// @notice A schema resolver: EAS calls it for each attestation of the schema `schemaText`, revocable, that names it. The
/// attester is the source. What it attests at EAS is attested in IDataAttestations at once, in its name; where that fails, there is
/// no attestation at EAS either. What it revokes there is withdrawn here, unless the source has withdrawn it or said something
/// else since.
///
/// A source must first allow the resolver to act for it (`setOperator` of IDataAttestations): nobody else can know whether
/// the EAS that the resolver believes is the right one. A source whose rights went over to another key can no longer attest by
/// EAS, but can revoke there what it attested.
///
/// Anyone may deploy a resolver, and anyone may register its schema. It has no owner, holds nothing and takes no Ether.
interface IEasResolver {
    /// @notice Thrown when somebody else than EAS calls.
    error NotEas(address account);
    /// @notice Thrown when an attestation is of another schema.
    error OtherSchema(bytes32 schema);
    /// @notice Thrown when an attestation would end by itself, which attestations of data do not.
    error AttestationExpires(uint64 expirationTime);

    /// @notice Whether attestations may carry Ether: no.
    function isPayable() external pure returns (bool);

    /// @notice Attests here what was attested at EAS. Only EAS.
    /// @dev Reverts with what IDataAttestations says, and without a reason where data is not encoded as the schema says.
    function attest(EasAttestation calldata attestation) external returns (bool);

    /// @notice The same with several, in order: all or none.
    /// @param values Ether for each; none is sent
    function multiAttest(EasAttestation[] calldata attestations_, uint256[] calldata values) external returns (bool);

    /// @notice Withdraws here what was revoked at EAS. Only EAS.
    function revoke(EasAttestation calldata attestation) external returns (bool);

    /// @notice The same with several, in order: all or none.
    /// @param values Ether for each; none is sent
    function multiRevoke(EasAttestation[] calldata attestations_, uint256[] calldata values) external returns (bool);

    /// @notice The schema, as EAS writes schemas: the registrar, shards and text that make up the dataset's id, then where more
    /// can be read, and the licence.
    function schemaText() external pure returns (string memory);

    /// @notice What EAS calls the schema once anybody registered it there: keccak256 of text, this contract and 1.
    function schema() external view returns (bytes32);

    /// @notice The only caller.
    function eas() external view returns (address);

    /// @notice Where the sources' words are kept.
    function attestations() external view returns (IDataAttestations);
}
