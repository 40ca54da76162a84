// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAgentValidations} from "./IERC8004.sol";
import {IInferences} from "./IInferences.sol";
import {ILineage} from "./ILineage.sol";
import {IScores} from "./IScores.sol";

/// @title A validator of agents (ERC-8004) that answers from proven scores, descent and outputs
/// @notice An agent *declares* its model in its identity registry: metadata under the key "descent.model", 32 bytes. Whoever may act for
/// the agent asks a question by `validationRequest` with this contract as validator and `requestHashOf(question)` as hash. Then
/// anybody has it answered by `respond`. There is no oracle: the answer follows from the question and from what the chain
/// knows at that time, so it does not matter who asks for it. Nobody who may not act for the agent can write to the
/// registry that way, as the ERC demands; `answer` tells anybody the same.
///
/// Nothing shows that an agent runs the model that it declares. An answer speaks of the model and of the declaration, and of
/// nothing else that the agent does. It can be stale: an agent can declare another model later. Then anybody can have
/// the question answered again, which gives 0 and the tag "descent.other-model". Readers who need a fresh answer ask `answer`.
interface IValidationAdapter {
    /// @notice What is asked of the declared model.
    /// Score: its proven result on a benchmark, in percent of the rows, rounded down. Tag "descent.score".
    /// Descent: whether it descends from a model along the way shown, 100 or 0. Tag "descent.line".
    /// Proven: whether no import and no foreign program is in its descent, 100 or 0. Tag "descent.proven".
    /// Output: that it gives certain outputs on certain inputs, which somebody recorded a proof of, 100. Tag "descent.output". There is
    /// no answer 0: nothing follows from an output that nobody proved.
    enum Topic {
        Score,
        Descent,
        Proven,
        Output
    }

    /// @notice A question. abi.encode(chain id, this contract, question) is the request's payload.
    /// @param agentId of the identity registry
    /// @param model that the agent declares, registered
    /// @param subject Score: the benchmark; Descent: the ancestor; Proven: zero; Output: the id of the inputs, as IInferences has it
    /// @param path Descent: empty if the ancestor is asked for on the model's first line; else nodes from the ancestor to the
    /// model, each a parent of the next. Output: the id of the outputs alone. Otherwise empty
    /// @param salt any number: requests of one hash can be made once
    struct Question {
        uint256 agentId;
        bytes32 model;
        Topic topic;
        bytes32 subject;
        bytes32[] path;
        uint256 salt;
    }

    /// @notice An answer.
    /// @param response 0..100
    /// @param tag as in Topic, or "descent.other-model" where the agent declares another model or none: then all else is 0
    /// @param value Score: rows right; otherwise 0
    /// @param rows Score: of the benchmark; otherwise 0
    struct Answer {
        uint8 response;
        string tag;
        uint256 value;
        uint256 rows;
    }

    /// @notice A question was answered in the registry of validations.
    event Answered(
        bytes32 indexed requestHash,
        uint256 indexed agentId,
        bytes32 indexed model,
        uint8 response,
        string tag,
        uint256 value,
        uint256 rows
    );

    /// @notice Thrown when there is no such model.
    error UnknownModel(bytes32 model);
    /// @notice Thrown when a model has no proven score on a benchmark.
    error NotScored(bytes32 model, bytes32 benchmark);
    /// @notice Thrown when scores on a benchmark are no share of rows.
    error NoPercentage(bytes32 benchmark);
    /// @notice Thrown when nobody recorded a proof that a model gives these outputs on these inputs.
    error NotInferred(bytes32 model, bytes32 inputs, bytes32 outputs);
    /// @notice Thrown when a question about a score or about what is proven has a path, or the latter a subject, or when one about an
    /// output has not exactly one id as path.
    error MalformedQuestion();
    /// @notice Thrown when a request names another validator, or another agent than its question.
    error RequestOfAnother(bytes32 requestHash, address validator, uint256 agentId);

    /// @notice Answers a request that was made, from what is known now. Anyone may do this, any number of times.
    /// @dev `responseHash` is keccak256(abi.encode(model, subject, value, rows)), of a question about an output
    /// keccak256(abi.encode(model, inputs, outputs)); `responseURI` is empty.
    function respond(Question calldata question) external returns (Answer memory);

    /// @notice The answer to a question now, whether or not it was asked for.
    function answer(Question calldata question) external view returns (Answer memory);

    /// @notice The hash under which a question is asked: keccak256(abi.encode(chain id, this contract, question)).
    function requestHashOf(Question calldata question) external view returns (bytes32);

    /// @notice The model that an agent declares now; zero where it declares none, or not in 32 bytes.
    function modelOf(uint256 agentId) external view returns (bytes32);

    /// @notice The registry of requests and answers.
    function validations() external view returns (IAgentValidations);

    /// @notice The registry of models.
    function lineage() external view returns (ILineage);

    /// @notice The board of scores.
    function scores() external view returns (IScores);

    /// @notice The contract that keeps proven outputs.
    function inferences() external view returns (IInferences);
}
