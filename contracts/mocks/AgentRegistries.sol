// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IAgentIdentities, IAgentValidations} from "../interfaces/IERC8004.sol";

/// @title Test only: the part of an ERC-8004 identity registry that validators read, written from the ERC's text
contract AgentIdentities is ERC721, IAgentIdentities {
    mapping(uint256 agentId => mapping(string key => bytes)) private _metadata;
    uint256 private _count;

    event MetadataSet(uint256 indexed agentId, string indexed indexedMetadataKey, string metadataKey, bytes metadataValue);

    constructor() ERC721("Agents", "AGENT") {}

    function register() external returns (uint256 agentId) {
        agentId = _count;
        ++_count;
        _mint(msg.sender, agentId);
    }

    function setMetadata(uint256 agentId, string calldata metadataKey, bytes calldata metadataValue) external {
        _checkAuthorized(ownerOf(agentId), msg.sender, agentId);
        _metadata[agentId][metadataKey] = metadataValue;
        emit MetadataSet(agentId, metadataKey, metadataKey, metadataValue);
    }

    function getMetadata(uint256 agentId, string calldata metadataKey) external view returns (bytes memory) {
        return _metadata[agentId][metadataKey];
    }

    function mayActFor(uint256 agentId, address account) external view returns (bool) {
        return _isAuthorized(ownerOf(agentId), account, agentId);
    }
}

/// @title Test only: an ERC-8004 validation registry, written from the ERC's text (draft of January 2026)
contract AgentValidations is IAgentValidations {
    struct Status {
        address validatorAddress;
        uint256 agentId;
        uint8 response;
        bytes32 responseHash;
        string tag;
        uint256 lastUpdate;
    }

    AgentIdentities private immutable IDENTITIES;
    mapping(bytes32 requestHash => Status) private _statuses;

    event ValidationRequest(
        address indexed validatorAddress, uint256 indexed agentId, string requestURI, bytes32 indexed requestHash
    );
    event ValidationResponse(
        address indexed validatorAddress,
        uint256 indexed agentId,
        bytes32 indexed requestHash,
        uint8 response,
        string responseURI,
        bytes32 responseHash,
        string tag
    );

    error NotAuthorized(uint256 agentId, address account);
    error RequestExists(bytes32 requestHash);
    error NotTheValidator(bytes32 requestHash, address account);
    error ResponseOutOfRange(uint8 response);

    constructor(AgentIdentities identities) {
        IDENTITIES = identities;
    }

    function validationRequest(
        address validatorAddress,
        uint256 agentId,
        string calldata requestURI,
        bytes32 requestHash
    ) external {
        if (!IDENTITIES.mayActFor(agentId, msg.sender)) revert NotAuthorized(agentId, msg.sender);
        if (_statuses[requestHash].lastUpdate != 0) revert RequestExists(requestHash);
        _statuses[requestHash] = Status(validatorAddress, agentId, 0, 0, "", block.timestamp);
        emit ValidationRequest(validatorAddress, agentId, requestURI, requestHash);
    }

    function validationResponse(
        bytes32 requestHash,
        uint8 response,
        string calldata responseURI,
        bytes32 responseHash,
        string calldata tag
    ) external {
        Status storage status = _statuses[requestHash];
        if (status.validatorAddress != msg.sender) revert NotTheValidator(requestHash, msg.sender);
        if (response > 100) revert ResponseOutOfRange(response);
        (status.response, status.responseHash, status.tag, status.lastUpdate) =
            (response, responseHash, tag, block.timestamp);
        emit ValidationResponse(msg.sender, status.agentId, requestHash, response, responseURI, responseHash, tag);
    }

    function getValidationStatus(bytes32 requestHash)
        external
        view
        returns (address, uint256, uint8, bytes32, string memory, uint256)
    {
        Status storage status = _statuses[requestHash];
        return (
            status.validatorAddress,
            status.agentId,
            status.response,
            status.responseHash,
            status.tag,
            status.lastUpdate
        );
    }

    function getIdentityRegistry() external view returns (address) {
        return address(IDENTITIES);
    }
}
