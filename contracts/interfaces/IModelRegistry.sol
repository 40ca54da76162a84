// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IForeignPrograms} from "./IForeignPrograms.sol";
import {ModelId, ShardId} from "./Ids.sol";
import {ILineage} from "./ILineage.sol";
import {INetworks} from "./INetworks.sol";
import {IVerifiers} from "./IVerifiers.sol";
import {G1Point, Proof, Srs} from "./Proof.sol";

/// @title A registry of models in which every edge of descent is proved
/// @notice A node is a commitment to a model's weights; an edge says that the child follows from its parent by exactly
/// the stated rule, on exactly the committed data. The contract checks a proof of that and stores who did it. Who
/// descends from whom is asked through ILineage; proofs are checked by another contract, an IVerifiers. The registry has no
/// owner: nobody can change or remove a node, an edge or a shard.
///
/// Nodes: a *seed* has pseudo-random weights that follow from a block's hash, an *import* has weights made elsewhere, a *train*
/// node descends from one parent by gradient steps over one shard, a *merge* is a rounded weighted sum of several parents, and of
/// a *foreign* node another proof system's adapter says how it follows from its parents.
///
/// What is proved is the step, not its worth: rows are whatever their owner committed to, so that a training can lead to
/// weights made elsewhere or leave them as they were.
///
/// Commitments and shapes are not stored. A node's id is the hash of both, so callers pass them again.
///
/// A *schema* is the hash of a text that says what the numbers of a shard or the inputs and outputs of a model mean: names
/// and order of features, their scales, names of classes. Who registers a shard or an import states it; the proof binds the
/// statement and shows nothing of its truth. Zero: not stated. Models inherit it (`schemaOf`), so that contracts can tell
/// whether a model and a shard speak of the same things.
///
/// Everything proved is bound to chain, registry and whoever acts: the sender, or the trainer whose signed request the relay
/// carries. A copied proof is of no use to anyone else.
interface IModelRegistry is ILineage {
    // ------------------------------------------------------------------------------------------------ types

    /// @notice What a shard's outputs are: real numbers, one-hot classes, or any number of labels a row.
    enum ShardKind {
        Regression,
        Classes,
        Labels
    }

    /// @notice What a model's outputs are trained as. SquaredError: numbers, on regression or classes. Softmax: logits of
    /// classes of which a row has one, with cross-entropy, on classes. Sigmoid: logits of labels of which a row has any number,
    /// with cross-entropy each, on labels or classes.
    enum Head {
        SquaredError,
        Softmax,
        Sigmoid
    }

    /// @notice A shard as it is stored. All fields are zero where there is no such shard.
    /// @param blockNumber of the block in which it was registered
    /// @param schema as its owner stated it; zero where none was stated
    /// @param number 1 for the first shard registered, 2 for the next and so on
    /// @param version of the key that accepted its proof
    struct ShardRecord {
        address owner;
        uint256 inputs;
        uint256 outputs;
        uint256 rows;
        ShardKind kind;
        uint256 blockNumber;
        bytes32 schema;
        uint256 number;
        uint256 version;
    }

    /// @notice A request for a seed. All fields are zero where there is no such request.
    /// @param trainer who asked and who alone may use it
    /// @param seedBlock the block whose hash decides the seed
    /// @param used whether a model was made of it
    /// @param shape the canonical shape of that model; its bits from 247 on are the head
    /// @param secretHash keccak256 of the trainer's secret
    /// @param blockHash hash of seedBlock, once `fixSeed` has stored it; zero before
    struct SeedRequest {
        address trainer;
        uint256 seedBlock;
        bool used;
        uint256 shape;
        bytes32 secretHash;
        bytes32 blockHash;
    }

    /// @notice The statement of a training edge.
    /// @param parent commitment to a registered model: one point for each 2^18 entries, as everywhere here
    /// @param shape of parent and child, canonical
    /// @param shard commitment to a registered shard
    /// @param descriptor of that shard
    /// @param learningRate 1..2^16, in units of 2^-12 on the sum of a batch's gradients
    /// @param batch rows per step, a power of two, at most the shard's rows rounded up to one; the last batch of a pass may be
    /// short, and steps without a row change nothing
    /// @param passes over the shard, a power of two; passes times the shard's rows rounded up are at most 2^14
    /// @param smoothing target of a wrong class, 0..255 in units of 2^-11; 0 with SquaredError, with Softmax less than 2^11 over
    /// the number of classes
    /// @param child commitment to the result
    struct TrainEdge {
        G1Point[] parent;
        uint256 shape;
        G1Point[] shard;
        uint256 descriptor;
        uint256 learningRate;
        uint256 batch;
        uint256 passes;
        uint256 smoothing;
        G1Point[] child;
    }

    /// @notice One training of a chain, whose parent is the child before. Fields as in TrainEdge.
    /// @param keep whether the child becomes a node; the last one of a chain always does
    struct Segment {
        G1Point[] shard;
        uint256 descriptor;
        uint256 learningRate;
        uint256 batch;
        uint256 passes;
        uint256 smoothing;
        G1Point[] child;
        bool keep;
    }

    /// @notice What a training edge, or one segment of it, did. All fields are zero where there is none.
    struct Training {
        ShardId shard;
        uint256 learningRate;
        uint256 batch;
        uint256 passes;
        uint256 smoothing;
    }

    /// @notice The statement of a merge: for each weight and bias of layer l, child = round(sum over the parents i of
    /// coefficients[l][i] * parent_i / 2^14).
    /// @param parents commitments to 2..8 different registered models, the first line's first
    /// @param shape of parents and child, canonical
    /// @param coefficients [layer][parent], first layer first, each in (-2^17, 2^17); every parent has one that is not 0
    /// @param child commitment to the result
    struct MergeEdge {
        G1Point[][] parents;
        uint256 shape;
        int24[][] coefficients;
        G1Point[] child;
    }

    /// @notice A child that another proof system vouches for.
    /// @param shape of the child, canonical
    /// @param schema what its inputs and outputs are said to mean; zero: not stated
    /// @param program of IForeignPrograms
    /// @param parents ids of 1..8 different registered models, the first line's first: all convolutional networks if the child is
    /// one, else none
    /// @param child commitment to the weights
    /// @param foreignProof in the encoding of the program's adapter
    struct ForeignEdge {
        uint256 shape;
        bytes32 schema;
        uint256 program;
        ModelId[] parents;
        G1Point[] child;
        bytes foreignProof;
    }

    // ------------------------------------------------------------------------------------------------ events

    /// @notice What a trainer's next models take of everything that they and their descendants are paid, in 1/10,000.
    event ShareChosen(address indexed trainer, uint256 share);

    /// @notice The registry stands. With dev keys anyone can forge proofs: such a registry proves nothing.
    event RegistryDeployed(IVerifiers verifiers, bool devKeys);

    /// @notice A shard was proved. `descriptor` and the commitment are what training on it needs.
    event ShardRegistered(
        ShardId indexed id, address indexed owner, uint256 descriptor, bytes32 schema, G1Point[] commitment
    );

    /// @notice A seed was asked for. The same trainer asking repeatedly may be choosing among seeds.
    event SeedRequested(
        uint256 indexed requestId, address indexed trainer, uint256 shape, uint256 seedBlock, bytes32 secretHash
    );

    /// @notice The hash of the block that decides a seed is stored: the seed can be used at any time.
    event SeedFixed(uint256 indexed requestId, bytes32 blockHash);

    /// @notice A node was registered. `shape` and the commitment are what descending from it needs.
    event ModelRegistered(
        ModelId indexed id, address indexed trainer, Kind indexed kind, uint256 depth, uint256 shape, G1Point[] commitment
    );

    /// @notice How a seed node came to be.
    event Seeded(ModelId indexed id, uint256 indexed requestId, uint256 seed);

    /// @notice How a train node came to be: one event for each segment of the edge, in order.
    /// @param child and parent are the ends of the edge
    /// @param segment counts from 0
    event Trained(
        ModelId indexed child,
        ModelId indexed parent,
        ShardId indexed shard,
        uint256 learningRate,
        uint256 batch,
        uint256 passes,
        uint256 smoothing,
        uint256 segment
    );

    /// @notice A model was trained on a shard of another schema than what came before; both are stated. The child has the
    /// shard's, or that of a later segment.
    event SchemaChanged(ModelId indexed child, bytes32 from, bytes32 to);

    /// @notice How an import node came to be: nothing about its origin is proved.
    /// @param source SHA-256 of the file that its weights are said to come from
    event Declared(ModelId indexed id, bytes32 indexed source);

    /// @notice How a merge node came to be. The first parent is indexed, so that a first line can be followed.
    event Merged(ModelId indexed child, ModelId indexed firstParent, ModelId[] parents, int24[][] coefficients);

    /// @notice How a merge left entries out, beside its Merged: the method of `mergeSparsely`.
    event MergedSparsely(ModelId indexed child, bytes method);

    /// @notice How a foreign node came to be: the adapter of this program says that it follows from these parents.
    event Foreign(ModelId indexed child, uint256 indexed program, address indexed adapter, ModelId[] parents);

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice Thrown when a share is above 5,000 (50 %).
    error ShareOutOfRange(uint256 share);

    // Shapes and parameters
    /// @notice Thrown when a word is not the canonical shape of a model: absent layers, head, offsets or unused bits are not as
    /// the protocol says (sections 1 and 12).
    error MalformedShape(uint256 shape);
    /// @notice Thrown when pictures have more than 4096 values, the side rounded up to a power of two.
    error PicturesTooLarge(uint256 channels, uint256 side);
    /// @notice Thrown when a layer of a network reads averages of 2x2 pixels of a side that is odd. Layers count from 1, here and
    /// below.
    error OddSidePooled(uint256 layer, uint256 side);
    /// @notice Thrown when a dense layer of a network has another kernel than the side that it reads, a stride or a padding.
    error FlatLayerUnlike(uint256 layer, uint256 side);
    /// @notice Thrown when the first layer of a network is a dense one.
    error FirstLayerFlat();
    /// @notice Thrown when the last layer of a network, or one that reads a single pixel, is no dense one.
    error LayerNotFlat(uint256 layer);
    /// @notice Thrown when a kernel is wider than 7, not wider than its padding, or by more than 5 wider.
    error UnsupportedKernel(uint256 layer, uint256 kernel, uint256 padding);
    /// @notice Thrown when a kernel is wider than what it reads, padding included.
    error KernelTooWide(uint256 layer, uint256 kernel, uint256 side);
    /// @notice Thrown when a layer of a network has another side than follows from what it reads.
    error SideDiffers(uint256 layer, uint256 side, uint256 expected);
    /// @notice Thrown when an output of a layer reads more than 4096 values; channels and kernel are rounded up to powers of two.
    error LayerReadsTooMuch(uint256 layer, uint256 values);
    /// @notice Thrown when a network in which a layer reads averages is trained at a rate that 16 does not divide.
    error PooledLearningRate(uint256 learningRate);
    /// @notice Thrown when a number of columns or rows of a shard is not in 1..4096.
    error UnsupportedSize(uint256 size);
    /// @notice Thrown when a model or a shard has more entries than a proof can open.
    error OracleTooLarge(uint256 entries);
    /// @notice Thrown when a learning rate is not in 1..2^16.
    error LearningRateOutOfRange(uint256 learningRate);
    /// @notice Thrown when a batch is no power of two or larger than the shard's rows, rounded up to one.
    error UnsupportedBatch(uint256 batch, uint256 rows);
    /// @notice Thrown when the passes are no power of two, or the rows of all passes together are more than 2^14; the
    /// rows of one are rounded up to a power of two.
    error UnsupportedPasses(uint256 passes, uint256 rows);
    /// @notice Thrown when the smoothing of a training is above 255, not 0 with SquaredError, or leaves nothing for the right
    /// class.
    error SmoothingOutOfRange(uint256 smoothing);
    /// @notice Thrown when a commitment has not one point for each 2^18 entries.
    error WrongPointCount(uint256 points, uint256 expected);
    /// @notice Thrown when a model and a shard have other numbers of inputs.
    error InputsDiffer(uint256 model, uint256 shard);
    /// @notice Thrown when a model and a shard have other numbers of outputs.
    error OutputsDiffer(uint256 model, uint256 shard);
    /// @notice Thrown when a model's head has no use for a shard's outputs: regression goes with SquaredError, labels with
    /// Sigmoid, classes with any.
    error HeadUnfit(Head head, ShardKind kind);

    // State
    /// @notice Thrown when there is no such model.
    error UnknownModel(ModelId id);
    /// @notice Thrown when a model with this commitment and shape is registered already, or a segment leads to the model where
    /// it starts.
    error ModelExists(ModelId id);
    /// @notice Thrown when there is no such shard.
    error UnknownShard(ShardId id);
    /// @notice Thrown when a shard with this commitment and descriptor is registered already.
    error ShardExists(ShardId id);
    /// @notice Thrown when a registry would have 2^32 shards or more, or as many schemas.
    error TooManyRecords(uint256 number);
    /// @notice Thrown when an edge would have 2^12 segments or more.
    error TooManySegments(uint256 segments);
    /// @notice Thrown when there is no such request.
    error UnknownSeedRequest(uint256 requestId);
    /// @notice Thrown when somebody else than the trainer who asked uses a request.
    error SeedRequestOfAnother(uint256 requestId, address trainer);
    /// @notice Thrown when a request is used a second time.
    error SeedRequestUsed(uint256 requestId);
    /// @notice Thrown when a secret is not the one that the request holds the hash of.
    error WrongSecret(uint256 requestId);
    /// @notice Thrown when the block that decides a seed is not past.
    error SeedTooEarly(uint256 requestId, uint256 seedBlock);
    /// @notice Thrown when the chain has forgotten the hash of the block that decides a seed and nobody fixed it.
    error SeedExpired(uint256 requestId, uint256 seedBlock);

    // Merges
    /// @notice Thrown when a merge has fewer than 2 or more than 8 parents, or a foreign child none or more than 8.
    error UnsupportedParents(uint256 parents);
    /// @notice Thrown when the method of a sparse merge has not 224 bytes.
    error WrongMethodLength(uint256 length);
    /// @notice Thrown when the method of a sparse merge neither trims nor draws masks, has a seed without masks, or a share that is not
    /// in 1..2^16 of a task with a mask, and 0 elsewhere.
    error WrongMethod(uint256 word, uint256 seed);
    /// @notice Thrown when a merge has not one coefficient for each layer and parent.
    error CoefficientsMismatch(uint256 layer, uint256 coefficients);
    /// @notice Thrown when a coefficient is not in (-2^17, 2^17).
    error CoefficientOutOfRange(uint256 layer, uint256 parent, int256 coefficient);
    /// @notice Thrown when a parent is named twice.
    error ParentTwice(ModelId parent);
    /// @notice Thrown when a foreign child is a convolutional network and a parent is not, or the other way round.
    error ParentOfOtherKind(ModelId parent);
    /// @notice Thrown when all coefficients of a parent are zero.
    error ParentWithoutPart(ModelId parent);

    // ------------------------------------------------------------------------------------------------ data

    /// @notice Registers a shard of data: its values lie in range, classes are one-hot, labels 0 or 1, everything beyond is zero.
    /// @dev Program *data*. The data itself stays private.
    /// @param inputs columns of X, 1..4096
    /// @param outputs columns of Y, 1..4096
    /// @param rows 1..4096
    /// @param commitment one point for each 2^18 entries of the shard
    /// @param schema what its columns mean, by the hash of a text; bound by the proof, not shown by it; zero: not stated
    /// @return id the shard, recorded as the sender's
    function registerShard(
        uint256 inputs,
        uint256 outputs,
        uint256 rows,
        ShardKind kind,
        bytes32 schema,
        G1Point[] calldata commitment,
        Proof calldata proof
    ) external returns (ShardId id);

    // ------------------------------------------------------------------------------------------------ models

    /// @notice First transaction of a seed: fixes trainer, shape and secret before the randomness is known.
    /// @param shape of the model and its descendants, canonical
    /// @param secretHash keccak256 of a bytes32 that the trainer keeps until `seed`. Whoever builds the block that decides the
    /// seed does not know it, so cannot choose among seeds. Of another request's secret that was used, everybody knows it
    /// @return requestId for `seedOf` and `seed`, from the next block but one on
    function requestSeed(uint256 shape, bytes32 secretHash) external returns (uint256 requestId);

    /// @notice Stores the hash of the block that decides a seed, while the chain knows it, so that the request never
    /// expires. Anyone may call it; where it is stored already, nothing happens.
    /// @dev Reverts with SeedTooEarly, SeedExpired or SeedRequestUsed.
    function fixSeed(uint256 requestId) external;

    /// @notice Second transaction: registers the model whose weights the seed determines. They are public from then on: who
    /// knows the secret can compute them. Layers of equal fan-in take theirs from one sequence, where the seed says, and may
    /// overlap.
    /// @dev Program *seed*. Only the trainer who asked, once per request, while `seedOf` answers.
    /// @param secret whose hash the request holds
    function seed(uint256 requestId, bytes32 secret, G1Point[] calldata commitment, Proof calldata proof)
        external
        returns (ModelId id);

    /// @notice Registers a child: the parent after training on one shard, all rows in order, as often as `passes` says.
    /// @dev Program *train*.
    function train(TrainEdge calldata edge, Proof calldata proof) external returns (ModelId child);

    /// @notice Registers a chain of trainings by one trainer, each starting from the child before. A child that is kept
    /// becomes a node; all trainings since the node before are the segments of its edge. One that is not kept is no node, but
    /// another model than the one before.
    /// @dev Program *train*, one proof for each segment; all hold or nothing is registered.
    /// @param parent commitment to a registered model, from which the first segment starts
    /// @param shape of all models of the chain
    /// @return kept the nodes, in order; the last is the last segment's child
    function trainMany(
        G1Point[] calldata parent,
        uint256 shape,
        Segment[] calldata segments,
        Proof[] calldata proofs
    ) external returns (ModelId[] memory kept);

    /// @notice Registers a model made elsewhere. The node and all its descendants answer `isDeclared`.
    /// @dev Program *import*: weights are in range, padding is zero. Nothing about their origin.
    /// @param shape of the model and its descendants, canonical
    /// @param source SHA-256 of the file that the weights are said to come from; bound by the proof, so that only who
    /// proved can have claimed it
    /// @param schema what its inputs and outputs are said to mean, by the hash of a text; bound likewise; zero: not stated
    function importModel(
        uint256 shape,
        bytes32 source,
        bytes32 schema,
        G1Point[] calldata commitment,
        Proof calldata proof
    ) external returns (ModelId id);

    /// @notice Registers a child of several parents: their rounded weighted sum.
    /// @dev Program *merge*. The weights that ILineageReader.weightedParents reports follow from the coefficients.
    function merge(MergeEdge calldata edge, Proof calldata proof) external returns (ModelId child);

    /// @notice Registers a child of a base, the first parent, and of what 1 to 4 others change of it, without the entries that a
    /// threshold or a seed leaves out: TIES and DARE.
    /// @dev Program *sparseMerge*, which holds the base's coefficients to 2^14 and others to 0 and more. Weights as of `merge`.
    /// @param method seven words: flags and kept shares, the seed of the masks, and in five words how many entries of each tensor
    /// were kept of each of the others (protocol, section 15)
    function mergeSparsely(MergeEdge calldata edge, bytes calldata method, Proof calldata proof)
        external
        returns (ModelId child);

    /// @notice Registers a child that another proof system vouches for. The node and all its descendants answer `isForeign`.
    /// @dev Program *import*, with the child's id as its source: weights are in range, padding is zero. How they follow from the
    /// parents is what the foreign program's adapter says.
    function registerForeign(ForeignEdge calldata edge, Proof calldata proof) external returns (ModelId child);

    /// @notice Chooses what the sender's next models take of everything that they and their descendants are paid. Models that
    /// are registered keep what was chosen for them.
    /// @param share 0..5,000, in 1/10,000
    function chooseShare(uint256 share) external;

    // ------------------------------------------------------------------------------------------------ reading

    /// @notice The foreign program that made a node; zero where none did.
    function foreignProgramOf(ModelId id) external view returns (uint256);

    /// @notice A shard; all zero where there is none.
    function shard(ShardId id) external view returns (ShardRecord memory);

    /// @notice A segment of a training edge, from 0 on; all zero where there is none. An edge of a single training has one.
    /// @param id the child
    function trainingOf(ModelId id, uint256 segment) external view returns (Training memory);

    /// @notice How many segments the edge to a model has; zero where it is no training edge.
    function segmentsOf(ModelId id) external view returns (uint256);

    /// @notice The shards that the edge to a model was trained on, one for each segment, repetitions included; empty where it
    /// is no training edge.
    function shardsOf(ModelId id) external view returns (ShardId[] memory);

    /// @notice The least version of a key by which anything on the way to a model was accepted for a program: the model, all
    /// its ancestors through all parents and the shards that any of them was trained on. Zero where the program does not occur,
    /// where there is no such model and where there is no such program. Where a key turned out bad, models whose floor is not
    /// above its version may rest on it.
    function versionFloor(ModelId id, uint256 program) external view returns (uint256);

    /// @notice The schema of a model's line: what its inputs and outputs are said to mean; zero where there is no such model
    /// and where none was stated. Of a seed: zero. Of an import: the stated one. Of a trained model: the last segment's shard's that
    /// states one, else the parent's. Of a merge: the one that its parents have, those without one aside;
    /// keccak256("descent.schema.mixed") where two differ.
    function schemaOf(ModelId id) external view returns (bytes32);

    /// @notice A request for a seed; all zero where there is none.
    function seedRequest(uint256 requestId) external view returns (SeedRequest memory);

    /// @notice The seed of a request: keccak256(abi.encode(hash of seedBlock, trainer, requestId, secret)) modulo r. Ask it
    /// of a node of your own before `seed` is sent: who sees the secret knows the weights.
    /// @dev Reverts with WrongSecret, with SeedTooEarly until seedBlock is past, with SeedExpired once its hash is gone and
    /// `fixSeed` was not called: 256 blocks later, 8191 where the chain has the history contract of EIP-2935. Then another
    /// request must be made.
    ///
    /// Whoever builds seedBlock has some choice of its hash, but not of what it makes of a secret that the trainer kept. A
    /// trainer that builds blocks has that choice: about 13 bits within a slot of 12 seconds with plain JavaScript, more with
    /// faster code. And a trainer can drop a request whose seed does not please and make another, which stays visible.
    function seedOf(uint256 requestId, bytes32 secret) external view returns (uint256);

    /// @notice Id of a model with this commitment and shape, registered or not.
    function modelId(G1Point[] calldata commitment, uint256 shape) external pure returns (ModelId);

    /// @notice Id of a shard with this commitment and descriptor, registered or not.
    function shardId(G1Point[] calldata commitment, uint256 descriptor) external pure returns (ShardId);

    // ------------------------------------------------------------------------------------------------ trust

    /// @notice The contract that checks proofs; it never changes, its keys can be added to.
    function verifiers() external view returns (IVerifiers);

    /// @notice The contract that judges shapes of convolutional networks; it never changes.
    function networks() external view returns (INetworks);

    /// @notice The adapters to other proof systems; the contract never changes, anyone can add to it.
    function foreignPrograms() external view returns (IForeignPrograms);

    /// @notice Whether the powers or any key on record are the development's, whose secrets are public.
    function devKeys() external view returns (bool);

    /// @notice The ceremony's powers that openings are checked against.
    function srs() external view returns (Srs memory);
}
