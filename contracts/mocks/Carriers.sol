// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Test only: a contract that sends many calls at once, as wallets and bundlers do
contract Batch {
    struct Call {
        address to;
        bytes data;
    }

    error CallFailed(uint256 index, bytes reason);

    function run(Call[] calldata calls) external {
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool done, bytes memory reason) = calls[i].to.call(calls[i].data);
            if (!done) revert CallFailed(i, reason);
        }
    }
}

/// @title Test only: a contract that keeps a call and sends it later, in a transaction whose call data does not hold it
contract Keeper {
    bytes private _kept;

    error CallFailed(bytes reason);

    function keep(bytes calldata part) external {
        _kept = bytes.concat(_kept, part);
    }

    function send(address to) external {
        (bool done, bytes memory reason) = to.call(_kept);
        if (!done) revert CallFailed(reason);
        delete _kept;
    }
}
