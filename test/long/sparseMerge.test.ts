// TIES and DARE on a chain, with real proofs: dense and convolutional networks, and what is refused of them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Hex, type TransactionReceipt, toHex } from 'viem';
import { parseNetwork } from '../../src/model/network.ts';
import { type AnyWeights, shapeOf } from '../../src/model/networkWeights.ts';
import { sparsePlan } from '../../src/model/sparse/choice.ts';
import { sparseMerge } from '../../src/model/sparse/merge.ts';
import { MAX_TASKS } from '../../src/model/sparse/method.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { isVerified, verifyProof } from '../../src/proof/verify.ts';
import { registryCall } from '../../src/registry/calls.ts';
import type { MergeStatement } from '../../src/registry/programs/merge.ts';
import { circuitFor, resultId, type StatementContext } from '../../src/registry/statement.ts';
import { type Contract, type TestChain, testChain } from '../contracts/support/chain.ts';
import { deployContracts } from '../support/deployContracts.ts';
import { requirePinnedGas } from '../support/gas.ts';
import { randomSource, someModel } from '../support/models.ts';
import { openProver, verifierKeys } from '../support/prover.ts';
import { randomNetworkWeights } from '../training/networkCases.ts';

const TOLERANCE = 600;
const NETWORK = parseNetwork('8x8x1-c4k3p1-a2-c3k3s2p1-4-3', 'softmax');
const SPARSE_MERGE = 16n;

describe('TIES and DARE', { concurrency: false }, () => {
  let chain: TestChain;
  let prover: Prover;
  let registry: Contract;
  let trainer: StatementContext['trainer'];
  const measured: Record<string, number> = {};

  before(async () => {
    chain = await testChain();
    prover = await openProver(['import', 'convImport', 'sparseMerge']);
    trainer = chain.accounts[1];
    ({ registry } = await deployContracts(chain));
  });
  after(() => prover.close());

  const context = (): StatementContext => ({ chainId: 31337n, registry: registry.address, trainer });
  const holds = ({ statement, proof }: ProofResult) =>
    isVerified(verifyProof(context(), statement, proof, verifierKeys(circuitFor(statement))));

  async function register(proved: ProofResult, name?: string): Promise<TransactionReceipt> {
    assert.ok(holds(proved), `${proved.statement.program} off chain`);
    const { functionName, args } = registryCall(proved.statement, proved.proof);
    const receipt = await registry.send(functionName, args, trainer);
    if (name !== undefined) measured[name] = Number(receipt.gasUsed);
    return receipt;
  }

  /** That neither the library nor the contract takes the proof for what another statement says. */
  async function refuses(proved: ProofResult<MergeStatement>, other: Partial<MergeStatement>): Promise<void> {
    const lie = { ...proved, statement: { ...proved.statement, ...other } as MergeStatement };
    assert.equal(holds(lie), false, JSON.stringify(Object.keys(other)));
    const { functionName, args } = registryCall(lie.statement, lie.proof);
    await assert.rejects(registry.simulate(functionName, args, trainer), JSON.stringify(Object.keys(other)));
  }

  /** A base and two that differ from it, all registered. */
  async function imported(make: (seed: number) => AnyWeights): Promise<AnyWeights[]> {
    const [base, ...others] = [1, 2, 3].map(make);
    const near = others.map((other) => ({
      ...other,
      layers: other.layers.map(({ W, b }, l) => ({
        W: W.map((v, x) => base.layers[l].W[x] + (v >> 4n)),
        b: b.map((v, x) => base.layers[l].b[x] + (v >> 4n)),
      })),
    }));
    const models = [base, ...near];
    for (const model of models) {
      await register(await prover.proveImport(context(), model, { source: toHex(5n, { size: 32 }) }));
    }
    return models;
  }

  const merged = async (parents: readonly AnyWeights[], method: 'ties' | 'dare_linear' | 'dare_ties', seed = 0n) => {
    const rows = (value: number) => parents.slice(1).map(() => parents[0].layers.map(() => value));
    const plan = sparsePlan(parents, {
      method,
      weights: rows(0.5),
      densities: rows(0.5),
      lambdas: parents[0].layers.map(() => 1),
      normalize: method === 'ties',
      rescale: method !== 'ties',
      seed,
    });
    const merge = sparseMerge(plan, 100n + seed);
    return prover.proveSparseMerge(context(), { plan, merge });
  };

  it('are registered of dense networks, and for no other method, mask, count or coefficient', async () => {
    const parents = await imported((seed) => someModel([5, 4, 3], seed, BigInt(seed)));
    const ties = await merged(parents, 'ties');
    const { sparse, coefficients } = ties.statement;
    if (sparse === undefined) throw new Error('no sparse merge');
    const { method, counts } = sparse;
    await refuses(ties, { sparse: { ...sparse, method: { ...method, normalize: false } } });
    await refuses(ties, {
      sparse: { ...sparse, counts: counts.map((n, i) => (i === counts.length - 2 * MAX_TASKS ? n + 1 : n)) },
    });
    await refuses(ties, { coefficients: coefficients.map(([base, a, b]) => [base, a - 1, b + 1]) });
    await register(ties, 'TIES of 2');
    const child = resultId(ties.statement);
    assert.equal((await registry.read('node', [child])).kind, 4);
    assert.equal(await registry.read('versionFloor', [child, SPARSE_MERGE]), 1n);
    assert.equal(await registry.read('versionFloor', [child, 5n]), 0n);

    const dare = await merged(parents, 'dare_linear', 7n);
    if (dare.statement.sparse === undefined) throw new Error('no sparse merge');
    const of = (other: object) => {
      const own = dare.statement.sparse as NonNullable<MergeStatement['sparse']>;
      return { sparse: { ...own, method: { ...own.method, ...other } } };
    };
    await refuses(dare, of({ seed: 8n }));
    await refuses(dare, of({ kept: [32768, 32767] }));
    await register(dare, 'DARE of 2');
    await register(await merged(parents, 'dare_ties', 8n));
  });

  it('are registered of convolutional networks', async () => {
    const parents = await imported((seed) => ({
      ...randomNetworkWeights(NETWORK, randomSource(seed), 2 ** 30),
      salt: BigInt(seed),
    }));
    const ties = await merged(parents, 'ties');
    assert.equal(circuitFor(ties.statement), 'sparseMerge');
    await register(ties, 'TIES of 2 networks');
    const id: Hex = resultId(ties.statement);
    assert.equal((await registry.read('node', [id])).kind, 4);
    assert.deepEqual(shapeOf(parents[0]), NETWORK);
  });

  it('cost the gas that is pinned', () => requirePinnedGas(measured, TOLERANCE));
});
