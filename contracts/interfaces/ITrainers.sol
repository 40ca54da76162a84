// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Who acts for a trainer now, and where its money goes
/// @notice Nodes name the address that proved them, for ever. A trainer whose key is lost, sold or replaced hands on its rights
/// here: the *key* of a trainer withdraws its credit, writes its cards and marks its nodes. Unless it was changed, it is the trainer
/// itself. What a key registers is the key's own; it is not recorded as the trainer's. A key that hands on its own rights keeps
/// those of the trainers that it acts for: these are handed on one by one.
interface ITrainers {
    /// @notice A key was offered the rights of a trainer. Zero: the offer was taken back.
    event KeyOffered(address indexed trainer, address indexed key);
    /// @notice A key took over the rights of a trainer.
    event KeyChanged(address indexed trainer, address indexed from, address indexed to);
    /// @notice What a trainer is owed is sent here by `withdrawFor`. Zero: to the trainer's key.
    event PayoutChanged(address indexed trainer, address indexed payout);

    /// @notice Thrown when somebody else than the key of a trainer acts for it.
    error NotTheKey(address trainer, address account);
    /// @notice Thrown when somebody accepts rights that were not offered to it.
    error NotOffered(address trainer, address account);

    /// @notice Offers the rights of a trainer to another address. Only the trainer's key.
    function offerKey(address trainer, address key) external;

    /// @notice Takes over the rights of a trainer. Only whom they were offered to. The payout address is then the new key's to
    /// set, and zero.
    function acceptKey(address trainer) external;

    /// @notice Chooses where `withdrawFor` sends what a trainer is owed. Only the trainer's key.
    function setPayout(address trainer, address payout) external;

    /// @notice Who acts for a trainer.
    function keyOf(address trainer) external view returns (address);

    /// @notice Whom the rights of a trainer are offered to; zero: nobody.
    function offeredTo(address trainer) external view returns (address);

    /// @notice Where a trainer's money goes: the payout address that was set, or else its key.
    function payoutOf(address trainer) external view returns (address);
}
