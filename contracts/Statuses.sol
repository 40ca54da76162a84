// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {Payments} from "./Payments.sol";
import {Relayed} from "./Relayed.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {IStatuses} from "./interfaces/IStatuses.sol";
import {ITrainers} from "./interfaces/ITrainers.sol";
import {DatasetId} from "./interfaces/Ids.sol";
import {Ways} from "./libraries/Ways.sol";

/// @title Statuses
/// @notice No owner; what stands here has no effect on anything that is proved. It holds the bonds of disputes and nothing else.
contract Statuses is IStatuses, Payments, Relayed, Described {
    /// @dev In two words and the reason's.
    struct Saying {
        bytes32 successor;
        bool descends;
        Mark mark;
        uint64 timestamp;
        string reason;
    }

    /// @dev Times and disputer share a word.
    struct Case {
        address disputer;
        uint40 raised;
        uint40 withdrawn;
        Fact fact;
        bytes32 subject;
        uint256 bond;
        string reason;
    }

    /// @inheritdoc IStatuses
    uint256 public constant MAX_REASON = 256;
    /// @inheritdoc IStatuses
    uint256 public constant LEAST_BOND = 0.01 ether;
    /// @inheritdoc IStatuses
    uint256 public constant WAIT = 30 days;

    ILineage private immutable LINEAGE;
    ITrainers private immutable TRAINERS;

    mapping(bytes32 node => Saying) private _sayings;
    /// @dev By number less one.
    Case[] private _cases;
    mapping(Fact fact => mapping(bytes32 subject => uint256[] numbers)) private _disputes;
    mapping(Fact fact => mapping(bytes32 subject => uint256)) private _standing;

    /// @param registry whose nodes have a status here; trusted to answer as ILineage says
    /// @param trainers which says who acts for a trainer; trusted to answer as ITrainers says
    /// @param relay_ which carries what trainers signed
    constructor(address registry, address trainers, address relay_) Relayed(relay_) {
        LINEAGE = ILineage(registry);
        TRAINERS = ITrainers(trainers);
    }

    // ------------------------------------------------------------------------------------------------ status

    /// @inheritdoc IStatuses
    function supersede(bytes32 node, bytes32 successor, bytes32[] calldata steps) external {
        address key = _onlyKeyOf(node);
        bool descends;
        if (successor != 0) {
            _onlyKeyOf(successor);
            // Numbers ascend along successors, so that these never lead back.
            if (LINEAGE.numberOf(successor) <= LINEAGE.numberOf(node)) revert NotLater(node, successor);
            descends = Ways.leads(LINEAGE, node, successor, steps);
        }
        if (steps.length != 0 && !descends) revert NoWay(node, successor);
        Saying storage saying = _sayings[node];
        (saying.successor, saying.descends) = (successor, descends);
        emit Superseded(node, successor, key, descends);
    }

    /// @inheritdoc IStatuses
    function setStatus(bytes32 node, Mark mark, string calldata reason) external {
        address key = _onlyKeyOf(node);
        if (mark != Mark.Current && bytes(reason).length == 0) revert NoReason();
        _onlyShort(reason);
        Saying storage saying = _sayings[node];
        (saying.mark, saying.timestamp, saying.reason) = (mark, uint64(block.timestamp), reason);
        emit StatusSet(node, mark, key, reason);
    }

    /// @inheritdoc IStatuses
    function statusOf(bytes32 node) external view returns (Status memory) {
        Saying storage saying = _sayings[node];
        return Status(saying.mark, saying.timestamp, saying.successor, saying.descends, saying.reason);
    }

    /// @inheritdoc IStatuses
    function latestOf(bytes32 node, uint256 limit) external view returns (bytes32 latest, bool ended) {
        if (LINEAGE.numberOf(node) == 0) return (0, true);
        latest = node;
        for (uint256 i = 0; i < limit; ++i) {
            bytes32 successor = _sayings[latest].successor;
            if (successor == 0) return (latest, true);
            latest = successor;
        }
        return (latest, _sayings[latest].successor == 0);
    }

    // ------------------------------------------------------------------------------------------------ disputes

    /// @inheritdoc IStatuses
    function dispute(Fact fact, bytes32 subject, string calldata reason) external payable returns (uint256 number) {
        if (msg.value < LEAST_BOND) revert BondTooSmall(msg.value);
        if (bytes(reason).length == 0) revert NoReason();
        _onlyShort(reason);
        if (!_isDisputable(fact, subject)) revert NothingDeclared(fact, subject);
        _cases.push(Case(msg.sender, uint40(block.timestamp), 0, fact, subject, msg.value, reason));
        number = _cases.length;
        _disputes[fact][subject].push(number);
        ++_standing[fact][subject];
        emit Disputed(number, subject, msg.sender, fact, msg.value, reason);
    }

    /// @inheritdoc IStatuses
    function withdrawDispute(uint256 number, address to) external nonReentrant {
        if (number == 0 || number > _cases.length) revert UnknownDispute(number);
        Case storage entry = _cases[number - 1];
        if (entry.disputer != msg.sender) revert NotTheDisputer(number, msg.sender);
        if (entry.withdrawn != 0) revert WithdrawnBefore(number);
        uint256 until = entry.raised + WAIT;
        if (block.timestamp < until) revert TooEarly(number, until);
        entry.withdrawn = uint40(block.timestamp);
        --_standing[entry.fact][entry.subject];
        emit DisputeWithdrawn(number, entry.subject, to);
        _payOut(ETHER, to, entry.bond);
    }

    /// @inheritdoc IStatuses
    function disputeAt(uint256 number) public view returns (Dispute memory) {
        if (number == 0 || number > _cases.length) return Dispute(Fact.Source, 0, address(0), 0, 0, 0, "");
        Case storage entry = _cases[number - 1];
        return Dispute(
            entry.fact, entry.subject, entry.disputer, entry.bond, entry.raised, entry.withdrawn, entry.reason
        );
    }

    /// @inheritdoc IStatuses
    function disputeCount() external view returns (uint256) {
        return _cases.length;
    }

    /// @inheritdoc IStatuses
    function disputesOf(Fact fact, bytes32 subject) external view returns (uint256 raised, uint256 standing) {
        return (_disputes[fact][subject].length, _standing[fact][subject]);
    }

    /// @inheritdoc IStatuses
    function listDisputes(Fact fact, bytes32 subject, uint256 from, uint256 limit)
        external
        view
        returns (uint256[] memory numbers, Dispute[] memory page)
    {
        uint256[] storage all = _disputes[fact][subject];
        uint256 rest = from < all.length ? all.length - from : 0;
        uint256 length = limit < rest ? limit : rest;
        (numbers, page) = (new uint256[](length), new Dispute[](length));
        for (uint256 i = 0; i < length; ++i) {
            numbers[i] = all[from + i];
            page[i] = disputeAt(numbers[i]);
        }
    }

    /// @inheritdoc IStatuses
    function attestationSubject(address attestations, DatasetId dataset, address source, uint256 index)
        external
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(attestations, dataset, source, index));
    }

    /// @inheritdoc IStatuses
    function lineage() external view returns (address) {
        return address(LINEAGE);
    }

    // ------------------------------------------------------------------------------------------------ rules

    /// @dev Demands that the caller acts for the trainer of a node. @return key the caller
    function _onlyKeyOf(bytes32 node) private view returns (address key) {
        address trainer = LINEAGE.trainerOf(node);
        if (trainer == address(0)) revert UnknownNode(node);
        key = _sender();
        if (TRAINERS.keyOf(trainer) != key) revert NotTheKeyOf(node, key);
    }

    /// @dev Whether there is something to dispute.
    function _isDisputable(Fact fact, bytes32 subject) private view returns (bool) {
        if (fact == Fact.Attestation) return true;
        return LINEAGE.kindOf(subject) == (fact == Fact.Source ? ILineage.Kind.Import : ILineage.Kind.Foreign);
    }

    function _onlyShort(string calldata reason) private pure {
        if (bytes(reason).length > MAX_REASON) revert ReasonTooLong(bytes(reason).length);
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IStatuses).interfaceId;
    }
}
