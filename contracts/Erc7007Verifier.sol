// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC7007Verifier} from "./interfaces/IERC7007.sol";
import {IInferences} from "./interfaces/IInferences.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {ModelId} from "./interfaces/Ids.sol";
import {Proof} from "./interfaces/Proof.sol";

/// @title Erc7007Verifier
/// @notice Lets a collection of ERC-7007 take outputs of one registered model. The prompt is the model's public inputs, the content its
/// public outputs, each as IInferences has them, and `proof` is abi.encode(prover, claim, proof). It has no owner and no state.
contract Erc7007Verifier is IERC7007Verifier {
    IInferences private immutable INFERENCES;
    ModelId private immutable MODEL;

    /// @param model that makes the content; one that is not registered makes none
    constructor(IInferences inferences, ModelId model) {
        (INFERENCES, MODEL) = (inferences, model);
    }

    /// @inheritdoc IERC7007Verifier
    /// @dev Reverts with NotEnoughGas rather than to say false for a lack of gas.
    function verify(bytes calldata prompt, bytes calldata aigcData, bytes calldata proof)
        external
        view
        returns (bool success)
    {
        // Neither may be hidden: what stands in a token would then be of any content.
        if (prompt.length == 0 || aigcData.length == 0) return false;
        uint256 gasBefore = gasleft();
        try this.checked(prompt, aigcData, proof) returns (ModelId made) {
            return ModelId.unwrap(made) == ModelId.unwrap(MODEL);
        } catch (bytes memory reason) {
            // What had too little gas was not judged: of three calls, one in another, each is given all but a 64th.
            bool isShort = gasleft() <= gasBefore / 16;
            if (isShort || bytes4(reason) == IVerifiers.NotEnoughGas.selector) {
                revert IVerifiers.NotEnoughGas(gasBefore, gasleft());
            }
            return false;
        }
    }

    /// @notice The model that the proof is of. Reverts where the proof does not hold, or is not encoded as it should be.
    function checked(bytes calldata prompt, bytes calldata aigcData, bytes calldata proof)
        external
        view
        returns (ModelId)
    {
        (address prover, IInferences.InferenceClaim memory claim, Proof memory made) =
            abi.decode(proof, (address, IInferences.InferenceClaim, Proof));
        return INFERENCES.check(prover, claim, prompt, aigcData, made).model;
    }

    /// @notice The contract that checks proofs.
    function inferences() external view returns (IInferences) {
        return INFERENCES;
    }

    /// @notice The model that makes the content.
    function model() external view returns (ModelId) {
        return MODEL;
    }
}
