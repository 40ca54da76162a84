// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Test only: an account that answers money in one of the ways that break careless contracts
contract HostileReceiver {
    enum Manner {
        Accept,
        Revert,
        BurnGas,
        ReturnBomb,
        RevertBomb,
        Reenter
    }

    error Refused();

    Manner private _manner;
    address private _target;
    bytes private _call;

    /// @notice Whether the call from within succeeded, and what it answered.
    bool public reentered;
    bytes public answer;

    receive() external payable {
        if (_manner == Manner.Revert) revert Refused();
        if (_manner == Manner.BurnGas) {
            assembly {
                invalid()
            }
        }
        if (_manner == Manner.ReturnBomb) {
            assembly {
                return(0, 1000000)
            }
        }
        if (_manner == Manner.RevertBomb) {
            assembly {
                revert(0, 1000000)
            }
        }
        if (_manner == Manner.Reenter) (reentered, answer) = _target.call(_call);
    }

    /// @notice Says how money is met from now on. The call is what `Reenter` does.
    function behave(Manner manner, address target, bytes calldata call) external {
        (_manner, _target, _call) = (manner, target, call);
    }

    /// @notice Calls a contract as this account, sending Ether along; passes its error on.
    function act(address target, bytes calldata call) external payable {
        (bool success, bytes memory result) = target.call{value: msg.value}(call);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(result, 32), mload(result))
        }
    }
}

/// @title Test only: a token of any manners
contract HostileToken {
    enum Manner {
        Standard,
        NoReturn,
        FeeOnTransfer,
        AnswersFalse,
        AnswersShort,
        ReturnBomb,
        KeepsEverything,
        Reenter,
        Reverts,
        TakesBack
    }

    error Refused();

    mapping(address account => uint256) public balanceOf;
    Manner private _manner;
    address private _target;
    bytes private _call;
    bool public reentered;
    bytes public answer;

    /// @notice Creates tokens out of nothing.
    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    /// @notice Says how transfers go from now on. The call is what `Reenter` does.
    function behave(Manner manner, address target, bytes calldata call) external {
        (_manner, _target, _call) = (manner, target, call);
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    /// @notice Approvals are no matter of these tests: everybody has approved everybody.
    function transferFrom(address from, address to, uint256 amount) external {
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        if (_manner == Manner.Reverts) revert Refused();
        if (_manner == Manner.Reenter) (reentered, answer) = _target.call(_call);
        balanceOf[from] -= amount;
        if (_manner == Manner.TakesBack) --balanceOf[to];
        else if (_manner != Manner.KeepsEverything) balanceOf[to] += amount - _fee(amount);
        _answer();
    }

    /// @dev One per cent.
    function _fee(uint256 amount) private view returns (uint256) {
        return _manner == Manner.FeeOnTransfer ? amount / 100 : 0;
    }

    function _answer() private view {
        if (_manner == Manner.NoReturn) return;
        uint256 word = _manner == Manner.AnswersFalse ? 0 : 1;
        uint256 size = 32;
        if (_manner == Manner.AnswersShort) size = 31;
        if (_manner == Manner.ReturnBomb) size = 1_000_000;
        assembly {
            mstore(0, word)
            return(0, size)
        }
    }
}
