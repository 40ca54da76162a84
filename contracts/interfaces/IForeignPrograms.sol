// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title What an adapter to another proof system answers
/// @notice An adapter checks statements that another system proves (RISC Zero, SP1, halo2, PLONK ..) about models of this
/// registry. Whoever writes one says in its documentation what its statement is.
interface IForeignProgram {
    /// @notice What the adapter checks, for people; not unique.
    /// @dev Asked once, by `IForeignPrograms.add`.
    /// @return at most 64 bytes
    function name() external view returns (string memory);

    /// @notice Checks that a child follows from its parents by this program. Reverts, or answers anything but the selector, where
    /// it does not.
    /// @dev A proof must be bound to all that is handed over, and to chain and registry, or it can be used again for another
    /// child. Called by `IForeignPrograms` as a view.
    /// @param registry of the models
    /// @param trainer who registers the child
    /// @param parents ids of registered models, 1 to 8 different ones
    /// @param child id of the model, its commitment and shape in one hash
    /// @param proof in the adapter's own encoding
    /// @return magic IForeignProgram.verify.selector
    function verify(
        address registry,
        address trainer,
        bytes32[] calldata parents,
        bytes32 child,
        bytes calldata proof
    ) external view returns (bytes4 magic);
}

/// @title Programs of other proof systems
/// @notice Anyone adds an adapter and gets a program id for it. That an adapter stands here says nothing of what it checks: what
/// it accepted is marked *foreign*, with its program id, and so is all that descends from it. An adapter that can be changed
/// can be changed to accept anything.
interface IForeignPrograms {
    /// @notice An adapter was added. It is neither changed nor removed, ever.
    /// @param author who added it, not necessarily who wrote it
    /// @param name as the adapter gave it when it was added
    event ForeignProgramAdded(uint256 indexed program, address indexed adapter, address indexed author, string name);

    /// @notice Thrown when an address has no code.
    error NoAdapter(address adapter);
    /// @notice Thrown when an adapter was added before.
    error AdapterExists(uint256 program, address adapter);
    /// @notice Thrown when there is no such foreign program.
    error UnknownForeignProgram(uint256 program);
    /// @notice Thrown when an adapter does not accept a proof.
    error ForeignProofRejected(uint256 program);
    /// @notice Thrown when an adapter's name is longer than 64 bytes.
    error ProgramNameTooLong(uint256 length);

    /// @notice Adds an adapter, under the name that it gives itself: whoever is first to add one decides nothing about it.
    /// @return program its id: 2^16 for the first, and so on
    function add(address adapter) external returns (uint256 program);

    /// @notice Asks a program's adapter for its verdict; reverts unless it accepts.
    /// @dev The caller is the registry that the adapter is told of. An adapter that runs out of gas rejects.
    function verify(
        uint256 program,
        address trainer,
        bytes32[] calldata parents,
        bytes32 child,
        bytes calldata proof
    ) external view;

    /// @notice The adapter of a program; zero where there is no such program.
    function adapterOf(uint256 program) external view returns (address);

    /// @notice The program of an adapter; zero where it was not added.
    function programOf(address adapter) external view returns (uint256);
}
