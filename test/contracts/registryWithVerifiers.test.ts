// The registry with the contract that checks proofs itself, under keys whose secrets are known: everything that is handed over
// arrives, and what it costs.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import hre from 'hardhat';
import { type Address, keccak256, type TransactionReceipt, zeroAddress } from 'viem';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { encodeShape, type ShardShape } from '../../src/model/shape.ts';
import { registryCall } from '../../src/registry/calls.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';
import { CIRCUITS } from '../../src/registry/programs/list.ts';
import type { TrainStatement } from '../../src/registry/programs/train.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { circuitFor, claimOf, oraclesOf, resultId } from '../../src/registry/statement.ts';
import { Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { openScalars, proofAround } from './support/knownKey.ts';
import { elements, pointOf } from './support/knownTau.ts';
import { type Claim, chainArguments, secretOf, type Trained } from './support/registryFixture.ts';
import { deployVerifiers } from './support/verifiersFixture.ts';

const WIDTHS = [4, 3, 2];
const SHARD: ShardShape = { inputs: 4, outputs: 2, rows: 13, kind: 'classes' };
const TRAIN = 3n;

let chain: TestChain;
let registry: Contract;
let trainer: Address;
let last = 5000n;

/** A commitment of one chunk whose scalar is known. */
function known(): { scalar: bigint; commitment: [{ x: bigint; y: bigint }] } {
  const [scalar] = elements(++last, 1);
  return { scalar, commitment: [pointOf(scalar)] };
}

/** @param scalars of the statement's oracles, one chunk each */
function claimed<S extends Statement>(statement: S, scalars: readonly bigint[], chunks = [1, 1]): Claim<S> {
  const maker = {
    chainId: BigInt(chain.id),
    registry: registry.address,
    trainer,
    program: CIRCUITS[circuitFor(statement)],
  };
  const { parameters, extra } = claimOf(statement);
  const opened = openScalars(
    scalars.map((scalar) => [scalar]),
    ++last,
    { trace: chunks[0], helper: chunks[1], tables: statement.program === 'train' },
  );
  const stated = { parameters, extra, oracles: oraclesOf(statement) };
  return { statement, proof: proofAround(maker, stated, opened, { seed: ++last }) };
}

const submit = ({ statement, proof }: Claim): Promise<TransactionReceipt> => {
  const { functionName, args } = registryCall(statement, proof);
  return registry.send(functionName, args, trainer);
};

describe('a registry and its verifiers', { concurrency: false }, () => {
  const shard = { ...({} as ReturnType<typeof known>) };
  const seed = { ...({} as ReturnType<typeof known>) };

  before(async () => {
    chain = await testChain();
    trainer = chain.accounts[1];
    const verifiers = await deployVerifiers(chain);
    registry = new Contract(
      chain,
      await chain.deploy('ModelRegistry', [verifiers.address, zeroAddress]),
      modelRegistryAbi,
    );
    Object.assign(shard, known());
    Object.assign(seed, known());
    const { commitment } = shard;
    await submit(claimed({ program: 'data', shard: SHARD, schema: NO_SCHEMA, commitment }, [shard.scalar]));
    const secret = secretOf(3n);
    await registry.send(
      'requestSeed',
      [encodeShape({ widths: WIDTHS, head: 'squared error' }), keccak256(secret)],
      trainer,
    );
    await chain.mine(2);
    const drawn: bigint = await registry.read('seedOf', [1n, secret]);
    const statement = {
      program: 'seed',
      requestId: 1n,
      widths: WIDTHS,
      head: 'squared error',
      seed: drawn,
      secret,
    } as const;
    await submit(claimed({ ...statement, widths: [...WIDTHS], commitment: seed.commitment }, [seed.scalar]));
  });

  /** Trainings that follow one another, each with a proof of its own. */
  function trainings(count: number, chunks?: number[]): Trained[] {
    let parent: ReturnType<typeof known> = seed;
    return Array.from({ length: count }, (_, i) => {
      const child = known();
      const statement: TrainStatement = {
        program: 'train',
        widths: [...WIDTHS],
        head: 'squared error',
        parent: parent.commitment,
        shard: SHARD,
        shardCommitment: shard.commitment,
        learningRate: 64 + i,
        batch: 4,
        passes: 2,
        smoothing: 0,
        child: child.commitment,
      };
      const scalars = [parent.scalar, child.scalar, shard.scalar];
      parent = child;
      return { ...claimed(statement, scalars, chunks), oracle: child };
    });
  }

  it('take a training, and refuse it with any part of the proof changed', async () => {
    const [claim] = trainings(1, [3, 2]);
    const { functionName, args } = registryCall(claim.statement, claim.proof);
    await registry.simulate(functionName, args, trainer);
    const digest = claim.proof.challenges.digest + 1n;
    const bad = { ...claim.proof, challenges: { ...claim.proof.challenges, digest } };
    const other = registryCall(claim.statement, bad);
    await reverts(registry.simulate(other.functionName, other.args, trainer), 'ProofRejected', [TRAIN]);
    await reverts(registry.simulate(functionName, args, chain.accounts[2]), 'ProofRejected', [TRAIN]);
    const receipt = await submit(claim);
    assert.equal(await registry.read('segmentsOf', [resultId(claim.statement)]), 1n);
    assert.ok(hre.globalOptions.coverage || receipt.gasUsed < 640_000n, `${receipt.gasUsed}`);
  });

  it('take chains, of which a further segment costs little; a bad one among eight is refused', async () => {
    const spent: bigint[] = [];
    for (const count of [1, 2, 8]) {
      const claims = trainings(count);
      spent.push((await registry.send('trainMany', chainArguments(claims), trainer)).gasUsed);
      assert.equal(await registry.read('segmentsOf', [resultId(claims[count - 1].statement)]), BigInt(count));
    }
    const each = (spent[2] - spent[1]) / 6n;
    assert.ok(hre.globalOptions.coverage || each < 190_000n, `${each}`);
    const claims = trainings(8);
    const stranger = trainings(1)[0].proof;
    for (const i of [0, 4, 7]) {
      const arguments_ = chainArguments(claims.with(i, { ...claims[i], proof: stranger }));
      await reverts(registry.simulate('trainMany', arguments_, trainer), 'ProofRejected', [TRAIN]);
    }
  });
});
