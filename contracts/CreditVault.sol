// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CreditSplit} from "./CreditSplit.sol";
import {Described} from "./Described.sol";
import {Payments} from "./Payments.sol";
import {Relayed} from "./Relayed.sol";
import {ICreditVault} from "./interfaces/ICreditVault.sol";
import {ITrainers} from "./interfaces/ITrainers.sol";
import {Book, Marker} from "./libraries/Books.sol";
import {Ways} from "./libraries/Ways.sol";

/// @title CreditVault
/// @notice No owner, no fee, no way to raise a share once a node exists.
contract CreditVault is CreditSplit, Payments, Relayed, Described {
    ITrainers private immutable TRAINERS;

    mapping(address token => mapping(bytes32 model => Book)) private _books;
    // By token, ancestor and the mark of the way, which begins with the model's id.
    mapping(bytes32 key => Marker) private _markers;
    mapping(bytes32 model => mapping(bytes32 mark => bytes32 node)) private _ends;
    mapping(address trainer => mapping(address token => uint256)) private _credit;

    /// @param registry whose models are paid; trusted to answer as ILineage says
    /// @param trainers_ who acts for whom; trusted to answer as ITrainers says
    /// @param relay_ which carries what trainers signed
    constructor(address registry, address trainers_, address relay_) CreditSplit(registry) Relayed(relay_) {
        TRAINERS = ITrainers(trainers_);
    }

    // ------------------------------------------------------------------------------------------------ paying

    /// @inheritdoc ICreditVault
    function pay(bytes32 model) external payable {
        if (msg.value == 0) revert NothingReceived(ETHER);
        _payable(model);
        _enter(model, ETHER, msg.value);
    }

    /// @inheritdoc ICreditVault
    function payToken(bytes32 model, address token, uint256 amount) external nonReentrant returns (uint256 received) {
        _payable(model);
        received = _takeIn(token, amount);
        _enter(model, token, received);
    }

    // ------------------------------------------------------------------------------------------------ crediting

    /// @inheritdoc ICreditVault
    function claim(address token, bytes32 ancestor, bytes32 model, bytes32[] calldata steps)
        external
        returns (uint256 amount)
    {
        return _claim(token, ancestor, model, _walk(ancestor, model, 0, steps));
    }

    /// @inheritdoc ICreditVault
    function claimAll(address token, Claim[] calldata claims) external returns (uint256 amount) {
        for (uint256 i = 0; i < claims.length; ++i) {
            (bytes32 ancestor, bytes32 model) = (claims[i].ancestor, claims[i].model);
            amount += _claim(token, ancestor, model, _walk(ancestor, model, claims[i].mark, claims[i].steps));
        }
    }

    /// @inheritdoc ICreditVault
    function recordWay(bytes32 model, bytes32 mark, bytes32[] calldata steps) external returns (bytes32 recorded) {
        bytes32 from = _begin(model, mark);
        // The last step's parent, if the steps lead anywhere.
        bytes32 end = steps.length == 0 ? bytes32(0) : steps[steps.length - 1];
        if (!Ways.leads(LINEAGE, end, from, steps)) revert NotSteps(from);
        recorded = markOf(model, mark, steps);
        _ends[model][recorded] = end;
        emit WayRecorded(model, end, recorded);
    }

    /// @inheritdoc ICreditVault
    function collect(bytes32[] calldata models, address token) external returns (uint256 amount) {
        for (uint256 i = 0; i < models.length; ++i) {
            amount += _collect(models[i], token);
        }
    }

    /// @inheritdoc ICreditVault
    function lowerShare(bytes32 node, uint256 share) external {
        (address trainer, uint256 registered) = _payable(node);
        _requireKey(trainer);
        uint256 current = _lowered(node, registered);
        if (share >= current) revert ShareNotLower(node, current, share);
        _setLowered(node, registered, share);
        emit ShareLowered(node, current, share);
    }

    // ------------------------------------------------------------------------------------------------ withdrawing

    /// @inheritdoc ICreditVault
    function withdraw(address trainer, address token, address to) external nonReentrant returns (uint256 amount) {
        _requireKey(trainer);
        return _withdraw(trainer, token, to);
    }

    /// @inheritdoc ICreditVault
    function withdrawFor(address trainer, address token) external nonReentrant returns (uint256 amount) {
        return _withdraw(trainer, token, TRAINERS.payoutOf(trainer));
    }

    // ------------------------------------------------------------------------------------------------ reading

    /// @inheritdoc ICreditVault
    function paid(bytes32 model, address token) external view returns (uint256) {
        return _books[token][model].paid();
    }

    /// @inheritdoc ICreditVault
    function collectable(bytes32 model, address token) external view returns (uint256) {
        (,, uint256 share, uint256 stack) = LINEAGE.creditOf(model);
        return _books[token][model].uncollected(stack - share);
    }

    /// @inheritdoc ICreditVault
    function claimable(address token, Claim calldata claim_) external view returns (uint256 amount, uint256 passed) {
        bytes32 mark = _walk(claim_.ancestor, claim_.model, claim_.mark, claim_.steps);
        (,, amount, passed) = _due(token, claim_.ancestor, claim_.model, _key(token, claim_.ancestor, mark));
    }

    /// @inheritdoc ICreditVault
    function recordedEnd(bytes32 model, bytes32 mark) external view returns (bytes32 node) {
        return _ends[model][mark];
    }

    /// @inheritdoc ICreditVault
    function credit(address trainer, address token) external view returns (uint256) {
        return _credit[trainer][token];
    }

    /// @inheritdoc ICreditVault
    function trainers() external view returns (address) {
        return address(TRAINERS);
    }

    /// @inheritdoc ICreditVault
    function markOf(bytes32 model, bytes32 mark, bytes32[] calldata steps) public pure returns (bytes32 name) {
        name = mark == 0 ? model : mark;
        for (uint256 i = 0; i + 1 < steps.length; i += 2) {
            name = keccak256(abi.encode(name, steps[i], steps[i + 1]));
        }
    }

    // ------------------------------------------------------------------------------------------------ inside

    function _enter(bytes32 model, address token, uint256 amount) private {
        _books[token][model] = _books[token][model].withPayment(amount);
        emit Paid(model, token, msg.sender, amount);
    }

    /// @dev Where a way goes on.
    function _begin(bytes32 model, bytes32 mark) private view returns (bytes32 from) {
        if (mark == 0) return model;
        from = _ends[model][mark];
        if (from == 0) revert UnknownMark(model, mark);
    }

    /// @dev Checks a way.
    /// @return name the mark of the whole way
    function _walk(bytes32 ancestor, bytes32 model, bytes32 mark, bytes32[] calldata steps)
        private
        view
        returns (bytes32 name)
    {
        bytes32 from = _begin(model, mark);
        if (ancestor == model || !Ways.leads(LINEAGE, ancestor, from, steps)) revert NotAWay(ancestor, model);
        return markOf(model, mark, steps);
    }

    /// @dev What an ancestor is owed for a way that was checked.
    /// @param key of the way's marker
    function _due(address token, bytes32 ancestor, bytes32 model, bytes32 key)
        private
        view
        returns (address trainer, Marker next, uint256 amount, uint256 passed)
    {
        uint256 registered;
        (trainer,, registered,) = LINEAGE.creditOf(ancestor);
        if (registered == 0) revert NoShare(ancestor);
        (next, amount, passed) =
            _markers[key].claimed(_books[token][model].paid(), registered, _lowered(ancestor, registered));
    }

    function _claim(address token, bytes32 ancestor, bytes32 model, bytes32 mark) private returns (uint256) {
        bytes32 key = _key(token, ancestor, mark);
        (address trainer, Marker next, uint256 amount, uint256 passed) = _due(token, ancestor, model, key);
        if (amount + passed == 0) return 0;
        _markers[key] = next;
        if (amount != 0) _credit[trainer][token] += amount;
        if (passed != 0) _credit[LINEAGE.trainerOf(model)][token] += passed;
        emit Claimed(model, token, ancestor, mark, amount, passed);
        return amount;
    }

    function _collect(bytes32 model, address token) private returns (uint256 amount) {
        (address trainer, uint256 number, uint256 share, uint256 stack) = LINEAGE.creditOf(model);
        if (number == 0) revert UnknownModel(model);
        Book book = _books[token][model];
        amount = book.uncollected(stack - share);
        if (amount == 0) return 0;
        _books[token][model] = book.withAllCollected();
        _credit[trainer][token] += amount;
        emit Collected(model, token, amount);
    }

    function _withdraw(address trainer, address token, address to) private returns (uint256 amount) {
        amount = _credit[trainer][token];
        if (amount == 0) revert NothingOwed(trainer, token);
        delete _credit[trainer][token];
        emit Withdrawn(trainer, token, to, amount);
        _payOut(token, to, amount);
    }

    function _requireKey(address trainer) private view {
        if (TRAINERS.keyOf(trainer) != _sender()) revert NotTheKey(trainer, _sender());
    }

    function _key(address token, bytes32 ancestor, bytes32 mark) private pure returns (bytes32) {
        return keccak256(abi.encode(token, ancestor, mark));
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(ICreditVault).interfaceId;
    }
}
