// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Described} from "./Described.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {INetworks} from "./interfaces/INetworks.sol";
import {Coefficients} from "./libraries/Coefficients.sol";
import {Network} from "./libraries/Network.sol";
import {Shape} from "./libraries/Shape.sol";
import {SlotWords} from "./libraries/SlotWords.sol";

/// @title Networks
/// @notice What the registry and the scoreboard ask about shapes of convolutional networks, and sparse merges about any.
contract Networks is INetworks, Described {
    uint256 private constant WORD = 32;
    /// @dev Flags and shares, seed, five words of counts.
    uint256 private constant METHOD_WORDS = 7;
    /// @dev Words that say where tensors stand: layout_1 and layout_2 of a network, slots_1 and slots_2 of a sparse merge.
    uint256 private constant PLACES = 2;
    /// @dev Of a method's first word: trim and elect signs, draw masks, then the share that each mask keeps.
    uint256 private constant TRIMS = 1;
    uint256 private constant DRAWS = 2;
    uint256 private constant FLAG_BITS = 3;
    uint256 private constant SHARE_BITS = 17;
    uint256 private constant SHARE_MASK = (1 << SHARE_BITS) - 1;
    uint256 private constant WHOLE_SHARE = 1 << 16;
    uint256 private constant MOST_TASKS = 4;

    /// @inheritdoc INetworks
    function layoutOf(uint256 shape) external pure returns (uint256 entries, uint256 first, uint256 second) {
        return Network.layoutOf(shape);
    }

    /// @inheritdoc INetworks
    function requireShape(uint256 shape) external pure {
        if (Network.isNetwork(shape)) Network.layoutOf(shape);
        else Shape.requirePerceptron(shape);
    }

    /// @inheritdoc INetworks
    function mergeParameters(uint256 shape, uint256 parents, int24[][] calldata coefficients, bytes calldata method)
        external
        pure
        returns (uint256[] memory parameters, uint256[] memory weights)
    {
        if (parents < 2 || parents > Coefficients.MAX_PARENTS) revert IModelRegistry.UnsupportedParents(parents);
        uint256 next;
        (parameters, next) = method.length == 0 ? _ofWhole(shape) : _ofSparse(shape, parents - 1, method);
        weights = Coefficients.pack(parameters, next, coefficients, Shape.modelLayers(shape), parents);
    }

    /// @dev Parameters of a merge of whole models, of which the coefficients stand from `next` on.
    function _ofWhole(uint256 shape) private pure returns (uint256[] memory parameters, uint256 next) {
        bool isNetwork = Network.isNetwork(shape);
        next = isNetwork ? 1 + PLACES : 1;
        parameters = new uint256[](next + (isNetwork ? Network.MAX_LAYERS : Shape.MAX_LAYERS));
        parameters[0] = shape;
        if (isNetwork) (, parameters[1], parameters[2]) = Network.layoutOf(shape);
    }

    /// @dev The same of a sparse merge.
    function _ofSparse(uint256 shape, uint256 tasks, bytes calldata method)
        private
        pure
        returns (uint256[] memory parameters, uint256 next)
    {
        if (method.length != METHOD_WORDS * WORD) revert IModelRegistry.WrongMethodLength(method.length);
        next = PLACES + METHOD_WORDS;
        parameters = new uint256[](next + Network.MAX_LAYERS);
        (parameters[0], parameters[1]) = SlotWords.wordsOf(shape);
        for (uint256 i = 0; i < METHOD_WORDS; ++i) {
            parameters[PLACES + i] = uint256(bytes32(method[WORD * i:]));
        }
        _requireMethod(parameters[PLACES], parameters[PLACES + 1], tasks);
    }

    /// @dev Rejects words that a circuit takes and that say nothing, or say it of a task that there is not: readers of the event would
    /// find no method in them.
    function _requireMethod(uint256 word, uint256 seed, uint256 tasks) private pure {
        bool draws = word & DRAWS != 0;
        bool isSound = word & (TRIMS | DRAWS) != 0 && (draws || seed == 0);
        for (uint256 i = 0; i < MOST_TASKS; ++i) {
            uint256 share = (word >> (FLAG_BITS + SHARE_BITS * i)) & SHARE_MASK;
            bool isKept = share != 0 && share <= WHOLE_SHARE;
            if (draws && i < tasks ? !isKept : share != 0) isSound = false;
        }
        if (!isSound) revert IModelRegistry.WrongMethod(word, seed);
    }

    /// @dev See Described.
    function _answers(bytes4 interfaceId) internal pure override returns (bool) {
        return interfaceId == type(INetworks).interfaceId;
    }
}
