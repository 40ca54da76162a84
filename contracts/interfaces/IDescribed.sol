// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What every contract of a deployment says of itself
interface IDescribed {
    /// @notice Whether this contract has an interface (ERC-165): ERC-165 itself, IDescribed, and the interface of its name, for instance
    /// ITrainers for Trainers. The registry answers ILineage too, the scoreboard IScores and IBenchmarks. An identifier covers the
    /// functions of that interface alone, not those of interfaces that it extends, as `type(I).interfaceId` does.
    function supportsInterface(bytes4 interfaceId) external view returns (bool);

    /// @notice The version of the package that this code came in, as semver.org has it.
    function version() external view returns (string memory);
}
