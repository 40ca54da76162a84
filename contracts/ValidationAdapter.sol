// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {IAgentIdentities, IAgentValidations} from "./interfaces/IERC8004.sol";
import {IInferences} from "./interfaces/IInferences.sol";
import {ILineage} from "./interfaces/ILineage.sol";
import {IScores} from "./interfaces/IScores.sol";
import {IValidationAdapter} from "./interfaces/IValidationAdapter.sol";
import {ModelId} from "./interfaces/Ids.sol";

/// @title ValidationAdapter
/// @notice No owner and no state of its own.
contract ValidationAdapter is IValidationAdapter, Described {
    string private constant KEY = "descent.model";
    uint8 private constant YES = 100;

    IAgentValidations private immutable VALIDATIONS;
    IAgentIdentities private immutable IDENTITIES;
    ILineage private immutable LINEAGE;
    IScores private immutable SCORES;
    IInferences private immutable INFERENCES;

    /// @param validations_ whose identity registry is never changed
    /// @param lineage_ and
    /// @param scores_ and
    /// @param inferences_ of one deployment: nothing here checks that they belong together
    constructor(IAgentValidations validations_, ILineage lineage_, IScores scores_, IInferences inferences_) {
        (VALIDATIONS, LINEAGE, SCORES, INFERENCES) = (validations_, lineage_, scores_, inferences_);
        IDENTITIES = IAgentIdentities(validations_.getIdentityRegistry());
    }

    /// @inheritdoc IValidationAdapter
    function respond(Question calldata question) external returns (Answer memory found) {
        bytes32 requestHash = requestHashOf(question);
        (address validator, uint256 agentId,,,,) = VALIDATIONS.getValidationStatus(requestHash);
        if (validator != address(this) || agentId != question.agentId) {
            revert RequestOfAnother(requestHash, validator, agentId);
        }
        found = answer(question);
        bytes32 responseHash = question.topic == Topic.Output
            ? keccak256(abi.encode(question.model, question.subject, question.path[0]))
            : keccak256(abi.encode(question.model, question.subject, found.value, found.rows));
        VALIDATIONS.validationResponse(requestHash, found.response, "", responseHash, found.tag);
        emit Answered(requestHash, agentId, question.model, found.response, found.tag, found.value, found.rows);
    }

    /// @inheritdoc IValidationAdapter
    function validations() external view returns (IAgentValidations) {
        return VALIDATIONS;
    }

    /// @inheritdoc IValidationAdapter
    function lineage() external view returns (ILineage) {
        return LINEAGE;
    }

    /// @inheritdoc IValidationAdapter
    function scores() external view returns (IScores) {
        return SCORES;
    }

    /// @inheritdoc IValidationAdapter
    function inferences() external view returns (IInferences) {
        return INFERENCES;
    }

    /// @inheritdoc IValidationAdapter
    function answer(Question calldata question) public view returns (Answer memory) {
        bytes32 model = question.model;
        if (LINEAGE.kindOf(model) == ILineage.Kind.None) revert UnknownModel(model);
        if (_isMalformed(question)) revert MalformedQuestion();
        if (modelOf(question.agentId) != model) return Answer(0, "descent.other-model", 0, 0);
        if (question.topic == Topic.Score) return _score(model, question.subject);
        if (question.topic == Topic.Descent) return _yesIf(_descends(question), "descent.line");
        if (question.topic == Topic.Output) return _output(model, question.subject, question.path[0]);
        return _yesIf(!LINEAGE.isDeclared(model) && !LINEAGE.isForeign(model), "descent.proven");
    }

    /// @inheritdoc IValidationAdapter
    function requestHashOf(Question calldata question) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), question));
    }

    /// @inheritdoc IValidationAdapter
    function modelOf(uint256 agentId) public view returns (bytes32) {
        bytes memory declared = IDENTITIES.getMetadata(agentId, KEY);
        return declared.length == 32 ? bytes32(declared) : bytes32(0);
    }

    function _score(bytes32 model, bytes32 benchmark) private view returns (Answer memory) {
        IScores.Score memory score = SCORES.scoreOf(model, benchmark);
        if (score.measure == IScores.Measure.None) revert NotScored(model, benchmark);
        if (score.measure != IScores.Measure.RowsRight) revert NoPercentage(benchmark);
        // No more rows can be right than there are, so that this is 100 at most.
        return Answer(uint8(score.value * 100 / score.rows), "descent.score", score.value, score.rows);
    }

    function _output(bytes32 model, bytes32 inputs, bytes32 outputs) private view returns (Answer memory) {
        address prover = INFERENCES.inferredBy(ModelId.wrap(model), inputs, outputs);
        if (prover == address(0)) revert NotInferred(model, inputs, outputs);
        return Answer(YES, "descent.output", 0, 0);
    }

    function _isMalformed(Question calldata question) private pure returns (bool) {
        uint256 length = question.path.length;
        if (question.topic == Topic.Descent) return false;
        if (question.topic == Topic.Output) return length != 1;
        return length != 0 || (question.topic == Topic.Proven && question.subject != 0);
    }

    function _descends(Question calldata question) private view returns (bool) {
        bytes32[] calldata path = question.path;
        if (path.length == 0) return LINEAGE.isAncestor(question.subject, question.model);
        return path[0] == question.subject && path[path.length - 1] == question.model && LINEAGE.isAncestorVia(path);
    }

    function _yesIf(bool holds, string memory tag) private pure returns (Answer memory) {
        return Answer(holds ? YES : 0, tag, 0, 0);
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(IValidationAdapter).interfaceId;
    }
}
