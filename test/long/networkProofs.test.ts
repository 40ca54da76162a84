// Proofs of convolutional networks by every program, registered by contracts on a chain; what is refused of them, and their gas.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parseEventLogs, type TransactionReceipt, toHex } from 'viem';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { mergeWeights } from '../../src/model/merge.ts';
import { encodeNetwork, parseNetwork } from '../../src/model/network.ts';
import { type NetworkWeights, networkSides } from '../../src/model/networkWeights.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { isVerified, verifyProof } from '../../src/proof/verify.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { modelId } from '../../src/registry/ids.ts';
import { CIRCUIT_NAMES } from '../../src/registry/programs/list.ts';
import type { TrainStatement } from '../../src/registry/programs/train.ts';
import { trainManyCall } from '../../src/registry/programs/trainMany.ts';
import { circuitFor, type StatementContext, secretHash } from '../../src/registry/statement.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { networkSeedWeights } from '../../src/training/seed.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { type Contract, type TestChain, testChain } from '../contracts/support/chain.ts';
import { deployContracts } from '../support/deployContracts.ts';
import { requirePinnedGas } from '../support/gas.ts';

import { randomSource, someShard } from '../support/models.ts';
import { openProver, verifierKeys } from '../support/prover.ts';
import { randomNetworkWeights } from '../training/networkCases.ts';

const TOLERANCE = 600;
const NETWORK = parseNetwork('8x8x1-c4k3p1-a2-c3k3s2p1-4-3', 'softmax');
const SECRET = toHex(7n, { size: 32 });
const SETTINGS = { lr: 16, batch: 8, passes: 2, smoothing: 20 };

describe('proofs of convolutional networks', { concurrency: false }, () => {
  let chain: TestChain;
  let prover: Prover;
  let registry: Contract;
  let scoreboard: Contract;
  let trainer: StatementContext['trainer'];
  const measured: Record<string, number> = {};
  const sides = networkSides(NETWORK);
  const shard = someShard([sides.inputs, sides.outputs], 13);

  before(async () => {
    chain = await testChain();
    prover = await openProver(CIRCUIT_NAMES.filter((name) => name === 'data' || name.startsWith('conv')));
    trainer = chain.accounts[1];
    ({ registry, scoreboard } = await deployContracts(chain));
  });
  after(() => prover.close());

  const context = (contract = registry): StatementContext => ({ chainId: 31337n, registry: contract.address, trainer });
  const contractOf = ({ statement }: ProofResult) => (statement.program === 'score' ? scoreboard : registry);
  const holds = ({ statement, proof }: ProofResult, contract = registry) =>
    isVerified(verifyProof(context(contract), statement, proof, verifierKeys(circuitFor(statement))));

  async function register(proved: ProofResult, name?: string): Promise<TransactionReceipt> {
    const contract = contractOf(proved);
    assert.ok(holds(proved, contract), `${proved.statement.program} off chain`);
    const { functionName, args } = registryCall(proved.statement, proved.proof);
    const receipt = await contract.send(functionName, args, trainer);
    if (name !== undefined) measured[name] = Number(receipt.gasUsed);
    return receipt;
  }

  /** That neither the library nor the contract takes the proof for what another statement says. */
  async function refuses(proved: ProofResult, other: object): Promise<void> {
    const lie = { ...proved, statement: { ...proved.statement, ...other } } as ProofResult;
    const contract = contractOf(proved);
    assert.equal(holds(lie, contract), false, JSON.stringify(Object.keys(other)));
    const { functionName, args } = registryCall(lie.statement, lie.proof);
    await assert.rejects(contract.simulate(functionName, args, trainer), JSON.stringify(Object.keys(other)));
  }

  async function train(parent: NetworkWeights, salt: bigint) {
    const { child, trace } = trainSegment(parent, shard, { ...SETTINGS, salt });
    return { child, proved: await prover.proveTrain(context(), { parent, child, shard, trace, ...SETTINGS }) };
  }

  it('hold on chain for seed, import, training, run, merge and score, and for no other shape or parameter', async () => {
    await register(await prover.proveData(context(), shard));
    await registry.send('requestSeed', [encodeNetwork(NETWORK), secretHash(SECRET)], trainer);
    await chain.mine(2);
    const seed: bigint = await registry.read('seedOf', [1n, SECRET]);
    const start = networkSeedWeights(NETWORK, seed, 21n);
    const seeded = await prover.proveSeed(context(), start, { seed, requestId: 1n, secret: SECRET });
    await register(seeded, 'seed of a network');

    // Networks of the same tensors: only the geometry differs.
    const others = ['8x8x1-c4k3p1-a2-c3k3s2p0-4-3', '7x7x1-c4k3p1-c3k3s2p1-4-3'].map((text) =>
      parseNetwork(text, 'softmax'),
    );
    const imported = randomNetworkWeights(NETWORK, randomSource(77), 2 ** 26);
    const source = toHex(5n, { size: 32 });
    const declared = await prover.proveImport(context(), imported, { source });
    for (const network of [...others, { ...NETWORK, head: 'sigmoid' as const }]) await refuses(declared, { network });
    await register(declared, 'import of a network');

    const first = await train(start, 31n);
    for (const network of others) await refuses(first.proved, { network });
    for (const other of [{ learningRate: 17 }, { batch: 4 }, { passes: 1 }, { smoothing: 21 }]) {
      await refuses(first.proved, other);
    }
    await register(first.proved, 'train of a network');

    const second = await train(first.child, 32n);
    const third = await train(second.child, 33n);
    const steps = [second, third].map(({ proved }) => proved);
    const statements = steps.map(({ statement }) => statement as TrainStatement);
    const { functionName, args } = trainManyCall({
      statements,
      keep: [false, true],
      proofs: steps.map(({ proof }) => proof),
    });
    const ran = await registry.send(functionName, args, trainer);
    measured['trainMany of 2 of a network, the last kept'] = Number(ran.gasUsed);
    const [{ args: node }] = parseEventLogs({ abi: modelRegistryAbi, eventName: 'ModelRegistered', logs: ran.logs });
    assert.equal(node.id, modelId(await prover.commitModel(third.child), encodeNetwork(NETWORK)));

    const parents = [third.child, imported];
    const coefficients = NETWORK.layers.map((_, l) => [2 ** 14 - l, l]);
    const merge = mergeWeights(parents, coefficients, 41n);
    const merged = await prover.proveMerge(context(), { parents, coefficients, merge });
    await refuses(merged, { coefficients: coefficients.map(([a, b]) => [b, a]) });
    for (const network of others) await refuses(merged, { network });
    await register(merged, 'merge of 2 networks');

    const forward = forwardTrace(merge.child, shard);
    const scored = await prover.proveScore(context(scoreboard), { model: merge.child, shard, forward });
    await refuses(scored, { result: forward.measures.result + 1n });
    for (const network of others) await refuses(scored, { network });
    await register(scored, 'score of a network');
    requirePinnedGas(measured, TOLERANCE);
  });
});
