// A registry whose verifiers accept exactly the claims that the TypeScript twin predicts. What they do with them is tested
// in verifiers.test.ts, real proofs in test/journey.
import type { Address, Hex } from 'viem';
import { keccak256, parseEventLogs, type TransactionReceipt, toHex } from 'viem';
import type { Commitment, Point, Proof } from '../../../src/argument/types.ts';
import {
  datasetsAbi,
  inferencesAbi,
  lineageReaderAbi,
  modelRegistryAbi,
  relayAbi,
  scoreboardAbi,
  trainersAbi,
} from '../../../src/generated/abi.ts';
import { type AnyShape, encodeAnyShape, layerCount, shapeLayout, shapeSides } from '../../../src/model/anyShape.ts';
import type { Head } from '../../../src/model/head.ts';
import { inputLayout, outputLayout, valuesBytes } from '../../../src/model/inference.ts';
import type { Layout } from '../../../src/model/layout.ts';
import type { Measures } from '../../../src/model/measures.ts';
import { encodeShard, type ShardShape, shardSlots } from '../../../src/model/shape.ts';
import { CHUNK_SIZE } from '../../../src/numbers/constants.ts';
import { registryCall } from '../../../src/registry/calls.ts';
import type { DataStatement } from '../../../src/registry/programs/data.ts';
import { type ShapeFields, shapeFields, shapeOf } from '../../../src/registry/programs/definition.ts';
import type { Statement } from '../../../src/registry/programs/definitions.ts';
import type { ImportStatement } from '../../../src/registry/programs/import.ts';
import type { InferStatement } from '../../../src/registry/programs/infer.ts';
import { CIRCUITS } from '../../../src/registry/programs/list.ts';
import type { MergeStatement } from '../../../src/registry/programs/merge.ts';
import type { ScoreStatement } from '../../../src/registry/programs/score.ts';
import type { SeedStatement } from '../../../src/registry/programs/seed.ts';
import { proofArgument } from '../../../src/registry/programs/targets.ts';
import type { TrainStatement } from '../../../src/registry/programs/train.ts';
import { NO_SCHEMA } from '../../../src/registry/schemas.ts';
import { circuitFor, claimOf } from '../../../src/registry/statement.ts';
import { abiOf, Contract, type TestChain, testChain } from './chain.ts';

/** A committed oracle: any points, the registry knows no more. */
export interface Committed {
  commitment: Commitment;
}

export interface Claim<S extends Statement = Statement> {
  statement: S;
  proof: Proof;
}

export type Registered = Claim<DataStatement> & { oracle: Committed };
export type Seeded = Claim<SeedStatement> & { oracle: Committed };
export type Trained = Claim<TrainStatement> & { oracle: Committed };
export type Imported = Claim<ImportStatement> & { oracle: Committed };
export type Merged = Claim<MergeStatement> & { oracle: Committed };
export type Scored = Claim<ScoreStatement>;
/** Anything that others may descend from. */
export type Model = { statement: ShapeFields & Statement; oracle: Committed };
/** Widths of a perceptron with squared error, or any shape. */
export type Shaped = readonly number[] | AnyShape;

/** @param head of widths; a shape names its own */
export function shapeFrom(shaped: Shaped, head: Head = 'squared error'): AnyShape {
  return 'length' in shaped ? { widths: shaped, head } : shaped;
}

let last = 1000n;

/** A point that no other call gives. Whether points lie on the curve is the matter of Verifiers. */
export function pointOf(number = ++last): Point {
  return { x: number, y: number << 128n };
}

/** A new commitment in every call. @param points one for each chunk */
export function oracle(points = 1): Committed {
  return { commitment: Array.from({ length: points }, () => pointOf()) };
}

const chunksOf = (slots: readonly { log2: number }[]): number =>
  Math.ceil(slots.reduce((entries, { log2 }) => entries + 2 ** log2, 0) / CHUNK_SIZE);

/** A commitment with as many points as a model of this shape has chunks. */
export const modelOracle = (shaped: Shaped): Committed =>
  oracle(chunksOf(Object.values(shapeLayout(shapeFrom(shaped)).slots)));
export const shardOracle = (shard: ShardShape): Committed => oracle(chunksOf(shardSlots(shard)));

/** A proof like no other, of any number of chunks: what it holds is the matter of Verifiers. */
export function proofOf(trace = 2, helper = 1): Proof {
  const numbers = (count: number) => Array.from({ length: count }, () => ++last);
  const points = (count: number) => Array.from({ length: count }, () => pointOf());
  const [rows, columns, quotient, quotient2, opening] = points(5);
  const [eta, gamma, theta, gamma2, z, e2, digest] = numbers(7);
  return {
    groth16: numbers(8),
    points: { trace: points(trace), helper: points(helper), rows, columns, quotient, quotient2, opening },
    challenges: { eta, gamma, theta, gamma2, z, e2, chunk: numbers(2), digest },
  };
}

export function dataClaim(shard: ShardShape, schema = NO_SCHEMA): Registered {
  const data = shardOracle(shard);
  const statement = { program: 'data', shard, schema, commitment: data.commitment } as const;
  return { statement, proof: proofOf(), oracle: data };
}

export interface Rates {
  learningRate?: number;
  batch?: number;
  passes?: number;
  smoothing?: number;
}

export function trainClaim(
  parent: { statement: ShapeFields; oracle: Committed },
  shard: Registered,
  { learningRate = 64, batch = 4, passes = 1, smoothing = 0 }: Rates = {},
): Trained {
  const shape = shapeOf(parent.statement);
  const child = modelOracle(shape);
  const statement: TrainStatement = {
    program: 'train',
    ...shapeFields(shape),
    parent: parent.oracle.commitment,
    shard: shard.statement.shard,
    shardCommitment: shard.oracle.commitment,
    learningRate,
    batch,
    passes,
    smoothing,
    child: child.commitment,
  };
  return { statement, proof: proofOf(), oracle: child };
}

/** Claims of a chain: each one's parent is the child of the one before. */
export function chainClaims(
  parent: { statement: ShapeFields; oracle: Committed },
  segments: readonly ({ shard: Registered } & Rates)[],
): Trained[] {
  const claims: Trained[] = [];
  for (const { shard, ...rates } of segments) claims.push(trainClaim(claims.at(-1) ?? parent, shard, rates));
  return claims;
}

export function importClaim(
  shaped: Shaped,
  source: Hex = `0x${'5c'.repeat(32)}`,
  schema: Hex = NO_SCHEMA,
  head: Head = 'squared error',
): Imported {
  const shape = shapeFrom(shaped, head);
  const model = modelOracle(shape);
  const { commitment } = model;
  const statement: ImportStatement = {
    program: 'import',
    ...shapeFields(shape),
    commitment,
    source,
    schema,
  };
  return { statement, proof: proofOf(), oracle: model };
}

/** @param coefficients [layer][parent]; half of each unless given */
export function mergeClaim(parents: readonly Model[], coefficients?: number[][]): Merged {
  const shape = shapeOf(parents[0].statement);
  const child = modelOracle(shape);
  const statement: MergeStatement = {
    program: 'merge',
    ...shapeFields(shape),
    child: child.commitment,
    parents: parents.map(({ oracle: { commitment } }) => commitment),
    coefficients: coefficients ?? Array.from({ length: layerCount(shape) }, () => parents.map(() => 2 ** 13)),
  };
  return { statement, proof: proofOf(), oracle: child };
}

/** @param measures beside the result; no row is on the first place, and no count is stated, unless given */
export function scoreClaim(
  model: Model,
  shard: Registered,
  result: bigint,
  measures: Partial<Measures & { point: bigint }> = {},
): Scored {
  const statement: ScoreStatement = {
    program: 'score',
    ...shapeFields(shapeOf(model.statement)),
    model: model.oracle.commitment,
    shard: shard.statement.shard,
    shardCommitment: shard.oracle.commitment,
    result,
    loss: 0n,
    absolute: 0n,
    k: 1,
    top: 0n,
    counts: null,
    point: 0n,
    ...measures,
  };
  return { statement, proof: proofOf() };
}

/** What an inference is of, beside its model. */
export interface Inferring {
  rows?: number;
  /** a registered shard, or public values; committed where both are left out */
  shard?: Registered;
  inputs?: Int32Array;
  outputs?: Int32Array;
  point?: bigint;
}

export function inferClaim(
  model: Model,
  { rows = 2, shard, inputs, outputs, point = 9n }: Inferring = {},
): Claim<InferStatement> {
  const shape = shapeOf(model.statement);
  const sides = shapeSides(shape);
  const ofLayout = (layout: Layout) => oracle(chunksOf(Object.values(layout.slots))).commitment;
  const statement: InferStatement = {
    program: 'infer',
    ...shapeFields(shape),
    model: model.oracle.commitment,
    rows: shard?.statement.shard.rows ?? rows,
    input: shard?.oracle.commitment ?? ofLayout(inputLayout(sides.inputs, rows)),
    shard: shard?.statement.shard ?? null,
    inputs: inputs ? valuesBytes(inputs) : null,
    output: ofLayout(outputLayout(sides.outputs, shard?.statement.shard.rows ?? rows)),
    outputs: outputs ? valuesBytes(outputs) : null,
    point,
  };
  return { statement, proof: proofOf() };
}

export class RegistryFixture {
  readonly chain: TestChain;
  readonly registry: Contract;
  readonly trainers: Contract;
  readonly datasets: Contract;
  /** answers what walks the registry's lineage */
  readonly reader: Contract;
  readonly scoreboard: Contract;
  readonly inferences: Contract;
  /** stands for the contract that checks proofs: accepts what it was told to expect */
  readonly verifiers: Contract;
  /** carries what trainers signed to the registry and the scoreboard */
  readonly relay: Contract;
  /** by request */
  readonly secrets = new Map<bigint, Hex>();

  constructor(
    chain: TestChain,
    contracts: Pick<
      RegistryFixture,
      'registry' | 'reader' | 'trainers' | 'datasets' | 'scoreboard' | 'inferences' | 'verifiers' | 'relay'
    >,
  ) {
    this.chain = chain;
    this.registry = contracts.registry;
    this.trainers = contracts.trainers;
    this.datasets = contracts.datasets;
    this.reader = contracts.reader;
    this.scoreboard = contracts.scoreboard;
    this.inferences = contracts.inferences;
    this.verifiers = contracts.verifiers;
    this.relay = contracts.relay;
  }

  static async create(chain?: TestChain): Promise<RegistryFixture> {
    const on = chain ?? (await testChain());
    const placed = async (name: string, args: readonly unknown[], abi: Contract['abi']) =>
      new Contract(on, await on.deploy(name, args), abi);
    const verifiers = await placed('ExpectingVerifiers', [], await abiOf('ExpectingVerifiers'));
    const relay = await placed('Relay', [], relayAbi);
    const registry = await placed('ModelRegistry', [verifiers.address, relay.address], modelRegistryAbi);
    const reader = await placed('LineageReader', [registry.address], lineageReaderAbi);
    const trainers = await placed('Trainers', [relay.address], trainersAbi);
    const datasets = await placed('Datasets', [registry.address, trainers.address, relay.address], datasetsAbi);
    const beside = [registry, datasets, trainers, relay].map(({ address }) => address);
    const scoreboard = await placed('Scoreboard', beside, scoreboardAbi);
    const inferences = await placed('Inferences', [registry.address], inferencesAbi);
    const others = { trainers, datasets, scoreboard, inferences };
    return new RegistryFixture(on, { registry, reader, ...others, verifiers, relay });
  }

  get alice(): Address {
    return this.chain.accounts[1];
  }

  get bob(): Address {
    return this.chain.accounts[2];
  }

  /** The contract that takes a statement. */
  target({ program }: Statement): Contract {
    if (program === 'infer') return this.inferences;
    return program === 'score' ? this.scoreboard : this.registry;
  }

  /** Lets the verifiers accept this of `trainer` from now on. */
  async expect({ statement, proof }: Claim, trainer: Address): Promise<void> {
    const id = CIRCUITS[circuitFor(statement)];
    const args = [this.target(statement).address, trainer, id, claimOf(statement), proofArgument(proof)];
    await this.verifiers.send('expect', args);
  }

  /** Registers a claim that the twin puts into the words that the verifiers shall see. */
  async submit(claim: Claim, trainer = this.alice): Promise<TransactionReceipt> {
    await this.expect(claim, trainer);
    const { functionName, args } = registryCall(claim.statement, claim.proof);
    return this.target(claim.statement).send(functionName, args, trainer);
  }

  /** The same without sending; for calls that revert. */
  async attempt(claim: Claim, trainer = this.alice): Promise<Hex> {
    await this.expect(claim, trainer);
    return this.call(claim, trainer);
  }

  /** As `attempt`, but the verifiers expect whatever they expected before. */
  async call({ statement, proof }: Claim, trainer = this.alice): Promise<Hex> {
    const { functionName, args } = registryCall(statement, proof);
    return this.target(statement).simulate(functionName, args, trainer);
  }

  /** Calls `train` with any raw edge, which need not be one that the twin would encode. */
  train(edge: object, proof: Proof, trainer = this.alice): Promise<Hex> {
    return this.registry.simulate('train', [edge, proofArgument(proof)], trainer);
  }

  async registerShard(shard: ShardShape, owner = this.alice, schema = NO_SCHEMA): Promise<Registered> {
    const claim = dataClaim(shard, schema);
    await this.submit(claim, owner);
    return claim;
  }

  async requestSeed(
    shaped: Shaped,
    trainer = this.alice,
    secret = secretOf(++last),
    head: Head = 'squared error',
  ): Promise<bigint> {
    const args = [encodeAnyShape(shapeFrom(shaped, head)), keccak256(secret)];
    const requestId = await this.registry.simulate('requestSeed', args, trainer);
    await this.registry.send('requestSeed', args, trainer);
    this.secrets.set(requestId, secret);
    return requestId;
  }

  /** The secret of a request that was made here; any for others. */
  secretOf(requestId: bigint): Hex {
    return this.secrets.get(requestId) ?? secretOf(0n);
  }

  seedOf(requestId: bigint): Promise<bigint> {
    return this.registry.read('seedOf', [requestId, this.secretOf(requestId)]);
  }

  /** A claim for a request whose seed is known. */
  async seedClaim(requestId: bigint, shaped: Shaped, head: Head = 'squared error'): Promise<Seeded> {
    const shape = shapeFrom(shaped, head);
    const model = modelOracle(shape);
    const [seed, secret] = [await this.seedOf(requestId), this.secretOf(requestId)];
    const { commitment } = model;
    const statement: SeedStatement = {
      program: 'seed',
      requestId,
      ...shapeFields(shape),
      seed,
      secret,
      commitment,
    };
    return { statement, proof: proofOf(), oracle: model };
  }

  async seedModel(shaped: Shaped, trainer = this.alice, head: Head = 'squared error'): Promise<Seeded> {
    const requestId = await this.requestSeed(shaped, trainer, secretOf(++last), head);
    await this.chain.mine(2);
    const claim = await this.seedClaim(requestId, shaped, head);
    await this.submit(claim, trainer);
    return claim;
  }

  async trainModel(...args: Parameters<typeof trainClaim>): Promise<Trained> {
    const claim = trainClaim(...args);
    await this.submit(claim);
    return claim;
  }

  /** Registers a chain of claims in one transaction. @param keep one for each; none but the last unless given */
  async trainMany(claims: readonly Trained[], keep?: readonly boolean[], trainer = this.alice) {
    for (const claim of claims) await this.expect(claim, trainer);
    return this.registry.send('trainMany', chainArguments(claims, keep), trainer);
  }

  /** The same without sending; the verifiers expect whatever they expected before. */
  callMany(claims: readonly Trained[], keep?: readonly boolean[], trainer = this.alice): Promise<Hex[]> {
    return this.registry.simulate('trainMany', chainArguments(claims, keep), trainer);
  }

  async importModel(...args: Parameters<typeof importClaim>): Promise<Imported> {
    const claim = importClaim(...args);
    await this.submit(claim);
    return claim;
  }

  async mergeModels(...args: Parameters<typeof mergeClaim>): Promise<Merged> {
    const claim = mergeClaim(...args);
    await this.submit(claim);
    return claim;
  }

  events(receipt: TransactionReceipt) {
    return parseEventLogs({
      abi: [...modelRegistryAbi, ...datasetsAbi, ...scoreboardAbi, ...inferencesAbi],
      logs: receipt.logs,
    }).map(({ eventName, args }) => ({
      eventName,
      args,
    }));
  }
}

/** The arguments of `trainMany` for claims that need not follow one another: the first one's parent leads. */
export function chainArguments(claims: readonly Trained[], keep: readonly boolean[] = []) {
  const [first] = claims;
  const segments = claims.map(({ statement }, i) => {
    const { parent: _, shape: __, ...segment } = rawEdge(statement, encodeShard(statement.shard));
    return { ...segment, keep: keep[i] ?? false };
  });
  const proofs = claims.map(({ proof }) => proofArgument(proof));
  return [first.statement.parent, encodeAnyShape(shapeOf(first.statement)), segments, proofs] as const;
}

export function secretOf(number: bigint): Hex {
  return toHex(number, { size: 32 });
}

/** The raw `TrainEdge` of a statement, before anything checks it. */
export function rawEdge(statement: TrainStatement, descriptor: bigint) {
  return {
    parent: statement.parent,
    shape: encodeAnyShape(shapeOf(statement)),
    shard: statement.shardCommitment,
    descriptor,
    learningRate: BigInt(statement.learningRate),
    batch: BigInt(statement.batch),
    passes: BigInt(statement.passes),
    smoothing: BigInt(statement.smoothing),
    child: statement.child,
  };
}
