// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IPayments} from "./IPayments.sol";
import {DatasetId} from "./Ids.sol";

/// @title What trainers say about their nodes later, and what others dispute
/// @notice A node never changes. Here the key of its trainer (ITrainers) can name a successor, or mark the node deprecated or
/// withdrawn and say why; consumers ask `latestOf` and `statusOf`. A status can be changed at any time; every change stays in the
/// events. Nothing here has an effect on what was proved, on credit or on boards.
///
/// Facts that were only declared, or that another contract vouches for, can be disputed by anybody with a bond. A dispute is
/// shown and never judged: nobody wins or loses the bond. It goes back when the disputer withdraws the dispute, after 30 days
/// at the earliest.
interface IStatuses is IPayments {
    // ------------------------------------------------------------------------------------------------ types

    /// @notice What its trainer says about a node.
    /// Current: nothing else was said, or it was taken back.
    /// Deprecated: it should not be used for new work.
    /// Withdrawn: it should not be used at all.
    enum Mark {
        Current,
        Deprecated,
        Withdrawn
    }

    /// @notice The status of a node. All fields are zero or empty where nothing was said, and where there is no such node.
    /// @param mark what its trainer says about it
    /// @param timestamp of the block in which the mark was last set, in seconds; zero: never
    /// @param successor the node that supersedes it; zero: none
    /// @param descends whether it was shown that the successor descends from the node
    /// @param reason for the mark, at most MAX_REASON bytes
    struct Status {
        Mark mark;
        uint256 timestamp;
        bytes32 successor;
        bool descends;
        string reason;
    }

    /// @notice A kind of fact that can be disputed.
    /// Source: the source that an import declares. Its subject is the node.
    /// Verdict: that a foreign program's verdict is right. Its subject is the node.
    /// Attestation: that an attestation about data is true. Its subject is what `attestationSubject` answers, or the uid of one that
    /// stands in EAS. This contract does not check that there is such an attestation: they stand in other contracts, and anybody
    /// can deploy one.
    enum Fact {
        Source,
        Verdict,
        Attestation
    }

    /// @notice A dispute.
    /// @param fact its kind
    /// @param subject whose fact it is
    /// @param disputer who raised it and placed the bond
    /// @param bond in wei, as it was placed
    /// @param raised timestamp of the block in which it was raised, in seconds
    /// @param withdrawn timestamp of the block in which it was withdrawn, in seconds; zero: it stands
    /// @param reason why, at most MAX_REASON bytes
    struct Dispute {
        Fact fact;
        bytes32 subject;
        address disputer;
        uint256 bond;
        uint256 raised;
        uint256 withdrawn;
        string reason;
    }

    // ------------------------------------------------------------------------------------------------ events

    /// @notice A node was superseded. A successor of zero: the node has none any more.
    /// @param descends whether it was shown that the successor descends from the node
    event Superseded(bytes32 indexed node, bytes32 indexed successor, address indexed key, bool descends);
    /// @notice The mark of a node was set.
    event StatusSet(bytes32 indexed node, Mark indexed mark, address indexed key, string reason);
    /// @notice A fact was disputed.
    /// @param dispute its number, from 1 on
    /// @param bond in wei
    event Disputed(
        uint256 indexed dispute,
        bytes32 indexed subject,
        address indexed disputer,
        Fact fact,
        uint256 bond,
        string reason
    );
    /// @notice A dispute was withdrawn and its bond sent to `to`.
    event DisputeWithdrawn(uint256 indexed dispute, bytes32 indexed subject, address to);

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice Thrown when there is no such node.
    error UnknownNode(bytes32 node);
    /// @notice Thrown when somebody else than the key of the node's trainer speaks for it, or names a node of others as
    /// successor.
    error NotTheKeyOf(bytes32 node, address account);
    /// @notice Thrown when a successor was not registered after the node.
    error NotLater(bytes32 node, bytes32 successor);
    /// @notice Thrown when steps are given that do not lead from the successor up to the node.
    error NoWay(bytes32 node, bytes32 successor);
    /// @notice Thrown when a mark or a dispute has no reason.
    error NoReason();
    /// @notice Thrown when a reason has more than MAX_REASON bytes.
    error ReasonTooLong(uint256 length);
    /// @notice Thrown when a node declares no source, or no foreign program made it, so that there is no such fact to dispute.
    error NothingDeclared(Fact fact, bytes32 subject);
    /// @notice Thrown when the bond of a dispute is below LEAST_BOND.
    error BondTooSmall(uint256 bond);
    /// @notice Thrown when there is no such dispute.
    error UnknownDispute(uint256 dispute);
    /// @notice Thrown when somebody else than the disputer withdraws a dispute.
    error NotTheDisputer(uint256 dispute, address account);
    /// @notice Thrown when a dispute was withdrawn before.
    error WithdrawnBefore(uint256 dispute);
    /// @notice Thrown when a dispute is withdrawn before the time `until`, in seconds.
    error TooEarly(uint256 dispute, uint256 until);

    // ------------------------------------------------------------------------------------------------ status

    /// @notice Names the successor of a node: another node of the same trainer, or of a trainer with the same key. Only that key.
    /// A successor that was named before is replaced.
    /// @param successor registered later than the node; zero: the node has no successor any more, and `steps` is empty
    /// @param steps of the way from the successor up to the node, as in libraries/Ways.sol; empty where the node lies on the
    /// successor's first line, or where the successor does not descend from it
    function supersede(bytes32 node, bytes32 successor, bytes32[] calldata steps) external;

    /// @notice Marks a node. Only the key of its trainer.
    /// @param reason at most MAX_REASON bytes; only Current may go without one
    function setStatus(bytes32 node, Mark mark, string calldata reason) external;

    /// @notice The status of a node.
    function statusOf(bytes32 node) external view returns (Status memory);

    /// @notice The last of a node's successors: its successor, that one's successor and so on. The marks of those nodes are not
    /// looked at.
    /// @param limit the greatest number of steps; each costs one read of storage
    /// @return latest the node itself where it has no successor; zero where there is no such node
    /// @return ended whether `latest` has no successor; false where the limit ended the walk
    function latestOf(bytes32 node, uint256 limit) external view returns (bytes32 latest, bool ended);

    // ------------------------------------------------------------------------------------------------ disputes

    /// @notice Disputes a fact; anybody, with a bond of at least LEAST_BOND.
    /// @param subject a node, or for attestations what `attestationSubject` answers
    /// @param reason 1 to MAX_REASON bytes
    /// @return number of the dispute, from 1 on
    function dispute(Fact fact, bytes32 subject, string calldata reason) external payable returns (uint256 number);

    /// @notice Withdraws a dispute and sends its bond to `to`. Only the disputer, WAIT seconds after it was raised or later. The
    /// dispute stays readable.
    /// @dev Reverts with UnusableRecipient or TransferFailed of IPayments where `to` cannot be paid; the dispute then stands.
    function withdrawDispute(uint256 number, address to) external;

    /// @notice A dispute; all zero where there is none.
    function disputeAt(uint256 number) external view returns (Dispute memory);

    /// @notice How many disputes there are.
    function disputeCount() external view returns (uint256);

    /// @notice How many disputes of a fact were raised, and how many of them stand.
    function disputesOf(Fact fact, bytes32 subject) external view returns (uint256 raised, uint256 standing);

    /// @notice A page of the disputes of a fact in the order in which they were raised, withdrawn ones with them.
    /// @param from index of the first, from 0 on
    /// @param limit the greatest number of disputes to return
    /// @return numbers of the disputes
    /// @return page the disputes
    function listDisputes(Fact fact, bytes32 subject, uint256 from, uint256 limit)
        external
        view
        returns (uint256[] memory numbers, Dispute[] memory page);

    /// @notice The subject under which an attestation is disputed: keccak256(abi.encode(attestations, dataset, source, index)).
    /// @param attestations the contract in which it stands (IDataAttestations)
    /// @param index of the attestation among those of the source about the dataset, from 0 on
    function attestationSubject(address attestations, DatasetId dataset, address source, uint256 index)
        external
        pure
        returns (bytes32);

    // ------------------------------------------------------------------------------------------------ constants

    /// @notice Bytes of the longest reason.
    function MAX_REASON() external view returns (uint256);

    /// @notice The least bond of a dispute, in wei.
    function LEAST_BOND() external view returns (uint256);

    /// @notice How long a dispute stands at least, in seconds.
    function WAIT() external view returns (uint256);

    /// @notice The registry whose nodes have a status here.
    function lineage() external view returns (address);
}
