// A registry whose verifiers accept exactly the call that the TypeScript twin predicts, and whose openings are genuine
// under a known tau. Real Groth16 proofs are the matter of test/journey.
import type { Address, Hex } from 'viem';
import { parseEventLogs, type TransactionReceipt } from 'viem';
import { deployInOrder } from '../../../scripts/chain/contracts.ts';
import type { Point, Proof } from '../../../src/argument/types.ts';
import { relayAbi, scoreboardAbi, verifiersAbi } from '../../../src/generated/abi.ts';
import { encodeShape, type ShardShape } from '../../../src/model/shape.ts';
import { registryCall } from '../../../src/registry/calls.ts';
import type { SrsPowers } from '../../../src/registry/opening.ts';
import type { DataStatement } from '../../../src/registry/programs/data.ts';
import type { Statement } from '../../../src/registry/programs/definitions.ts';
import type { ImportStatement } from '../../../src/registry/programs/import.ts';
import { PROGRAM_NAMES, type Program } from '../../../src/registry/programs/list.ts';
import type { MergeStatement } from '../../../src/registry/programs/merge.ts';
import type { ScoreStatement } from '../../../src/registry/programs/score.ts';
import type { SeedStatement } from '../../../src/registry/programs/seed.ts';
import { proofArgument } from '../../../src/registry/programs/targets.ts';
import type { TrainStatement } from '../../../src/registry/programs/train.ts';
import { NO_SCHEMA } from '../../../src/registry/schemas.ts';
import { signalsOf } from '../../../src/registry/statement.ts';
import { abiOf, Contract, modelRegistryAbi, type TestChain, testChain } from './chain.ts';
import { verifierCall } from './groth16.ts';
import { commit, elements, openOracles, TEST_SRS } from './knownTau.ts';

/** A committed oracle: any polynomial, the contract knows no more. */
export interface Committed {
  polynomial: bigint[];
  commitment: Point;
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
export type Model = { statement: { widths: number[] } & Statement; oracle: Committed };

let lastSeed = 1000n;

/** A new commitment in every call. */
export function oracle(length = 60): Committed {
  lastSeed += 10n;
  const polynomial = elements(lastSeed, length);
  return { polynomial, commitment: commit(polynomial) };
}

/** A proof whose opening is genuine. Its Groth16 part is eight words that the verifier is told to expect. */
export function proofOf(...oracles: readonly Pick<Committed, 'polynomial'>[]): Proof {
  lastSeed += 10n;
  const opened = openOracles(
    oracles.map(({ polynomial }) => polynomial),
    lastSeed,
  );
  return { groth16: elements(lastSeed + 5n, 8), ...opened };
}

export function dataClaim(shard: ShardShape, schema = NO_SCHEMA): Registered {
  const data = oracle();
  const statement = { program: 'data', shard, schema, commitment: data.commitment } as const;
  return { statement, proof: proofOf(data), oracle: data };
}

export function trainClaim(
  parent: { statement: { widths: number[] }; oracle: Committed },
  shard: Registered,
  options: { learningRate?: number; batch?: number } = {},
): Trained {
  const child = oracle();
  const statement: TrainStatement = {
    program: 'train',
    widths: parent.statement.widths,
    parent: parent.oracle.commitment,
    shard: shard.statement.shard,
    shardCommitment: shard.oracle.commitment,
    learningRate: options.learningRate ?? 64,
    batch: options.batch ?? 4,
    child: child.commitment,
  };
  return { statement, proof: proofOf(parent.oracle, child, shard.oracle), oracle: child };
}

export function importClaim(
  widths: readonly number[],
  source: Hex = `0x${'5c'.repeat(32)}`,
  schema: Hex = NO_SCHEMA,
): Imported {
  const model = oracle();
  const { commitment } = model;
  const statement: ImportStatement = { program: 'import', widths: [...widths], commitment, source, schema };
  return { statement, proof: proofOf(model), oracle: model };
}

/** @param coefficients [layer][parent]; half of each unless given */
export function mergeClaim(parents: readonly Model[], coefficients?: number[][]): Merged {
  const child = oracle();
  const { widths } = parents[0].statement;
  const statement: MergeStatement = {
    program: 'merge',
    widths,
    child: child.commitment,
    parents: parents.map(({ oracle: { commitment } }) => commitment),
    coefficients: coefficients ?? widths.slice(1).map(() => parents.map(() => 2 ** 13)),
  };
  // An absent parent is the zero polynomial.
  const oracles = [child, ...parents.map((parent) => parent.oracle)].map(({ polynomial }) => polynomial);
  while (oracles.length < 9) oracles.push([]);
  return { statement, proof: proofOf(...oracles.map((polynomial) => ({ polynomial }))), oracle: child };
}

export function scoreClaim(model: Model, shard: Registered, result: bigint): Scored {
  const statement: ScoreStatement = {
    program: 'score',
    widths: model.statement.widths,
    model: model.oracle.commitment,
    shard: shard.statement.shard,
    shardCommitment: shard.oracle.commitment,
    result,
  };
  return { statement, proof: proofOf(model.oracle, shard.oracle) };
}

export function srsArgument({ tau, tauC, tauC2 }: SrsPowers) {
  return { tau, tauC, tauC2 };
}

export class RegistryFixture {
  readonly chain: TestChain;
  readonly registry: Contract;
  readonly scoreboard: Contract;
  /** the contract that checks proofs */
  readonly verifierSet: Contract;
  /** carries what trainers signed to the registry and the scoreboard */
  readonly relay: Contract;
  readonly verifiers: Record<Program, Contract>;

  constructor(
    chain: TestChain,
    contracts: {
      registry: Contract;
      scoreboard: Contract;
      verifierSet: Contract;
      relay: Contract;
      verifiers: Record<Program, Contract>;
    },
  ) {
    this.chain = chain;
    this.registry = contracts.registry;
    this.scoreboard = contracts.scoreboard;
    this.verifierSet = contracts.verifierSet;
    this.relay = contracts.relay;
    this.verifiers = contracts.verifiers;
  }

  static async create(chain?: TestChain): Promise<RegistryFixture> {
    const on = chain ?? (await testChain());
    const verifiers = {} as Record<Program, Contract>;
    const addresses: Address[] = [];
    for (const program of PROGRAM_NAMES) {
      const address = await on.deploy('ExpectingVerifier');
      verifiers[program] = new Contract(on, address, await abiOf('ExpectingVerifier'));
      addresses.push(address);
    }
    const owner = on.accounts[0];
    const given = { verifiers: addresses, srs: TEST_SRS, devKeys: true, allowDevKeysOffLocal: false, owner };
    const placed = await deployInOrder(given, on.deploy, 'Scoreboard');
    const verifierSet = new Contract(on, placed.Verifiers, verifiersAbi);
    const relay = new Contract(on, placed.Relay, relayAbi);
    const registry = new Contract(on, placed.ModelRegistry, modelRegistryAbi);
    const scoreboard = new Contract(on, placed.Scoreboard, scoreboardAbi);
    return new RegistryFixture(on, { registry, scoreboard, verifierSet, relay, verifiers });
  }

  get alice(): Address {
    return this.chain.accounts[1];
  }

  get bob(): Address {
    return this.chain.accounts[2];
  }

  /** The contract that takes a statement. */
  target({ program }: Statement): Contract {
    return program === 'score' ? this.scoreboard : this.registry;
  }

  /** What the verifier of a program shall see if `trainer` sends this. */
  async expect({ statement, proof }: Claim, trainer: Address): Promise<void> {
    const registry = this.target(statement).address;
    const context = { chainId: BigInt(this.chain.id), registry, trainer };
    const call = verifierCall(proof.groth16, signalsOf(context, statement, proof));
    await this.verifiers[statement.program].send('expect', [call]);
  }

  /** Registers a claim whose signals the twin predicts. */
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

  /** As `attempt`, but the verifier expects whatever it expected before. */
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

  async requestSeed(widths: readonly number[], trainer = this.alice): Promise<bigint> {
    const requestId = await this.registry.simulate('requestSeed', [widths], trainer);
    await this.registry.send('requestSeed', [widths], trainer);
    return requestId;
  }

  /** A claim for a request whose seed is known. */
  async seedClaim(requestId: bigint, widths: readonly number[]): Promise<Seeded> {
    const model = oracle();
    const seed: bigint = await this.registry.read('seedOf', [requestId]);
    const { commitment } = model;
    const statement: SeedStatement = { program: 'seed', requestId, widths: [...widths], seed, commitment };
    return { statement, proof: proofOf(model), oracle: model };
  }

  async seedModel(widths: readonly number[], trainer = this.alice): Promise<Seeded> {
    const requestId = await this.requestSeed(widths, trainer);
    await this.chain.mine(2);
    const claim = await this.seedClaim(requestId, widths);
    await this.submit(claim, trainer);
    return claim;
  }

  async trainModel(...args: Parameters<typeof trainClaim>): Promise<Trained> {
    const claim = trainClaim(...args);
    await this.submit(claim);
    return claim;
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
    return parseEventLogs({ abi: [...modelRegistryAbi, ...scoreboardAbi], logs: receipt.logs }).map(
      ({ eventName, args }) => ({
        eventName,
        args,
      }),
    );
  }
}

/** The raw `TrainEdge` of a statement, before anything checks it. */
export function rawEdge(statement: TrainStatement, descriptor: bigint) {
  return {
    parent: statement.parent,
    shape: encodeShape(statement.widths),
    shard: statement.shardCommitment,
    descriptor,
    learningRate: BigInt(statement.learningRate),
    batch: BigInt(statement.batch),
    child: statement.child,
  };
}
