// What the second version can hold, with real proofs on a chain: many passes in one proof, and oracles of many chunks.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Address, toHex } from 'viem';
import type { Weights } from '../../src/model/weights.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { registryCall } from '../../src/registry/calls.ts';
import type { StatementContext } from '../../src/registry/statement.ts';
import { resultId } from '../../src/registry/statement.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { type Contract, type TestChain, testChain } from '../contracts/support/chain.ts';
import { deployContracts } from '../support/deployContracts.ts';
import { someModel, someShard } from '../support/models.ts';
import { openProver } from '../support/prover.ts';

describe('large trainings with real proofs', { concurrency: false }, () => {
  let chain: TestChain;
  let prover: Prover;
  let registry: Contract;
  let trainer: Address;
  let context: StatementContext;
  before(async () => {
    chain = await testChain();
    prover = await openProver(['data', 'import', 'train']);
    ({ registry } = await deployContracts(chain));
    trainer = chain.accounts[1];
    context = { chainId: 31337n, registry: registry.address, trainer };
  });
  after(() => prover.close());

  const send = async ({ statement, proof }: ProofResult) => {
    const { functionName, args } = registryCall(statement, proof);
    return registry.send(functionName, args, trainer);
  };

  /** Registers a model and a shard, trains, and registers the child. @returns gas, seconds of the proof and its chunks */
  async function trained(parent: Weights, rows: number, segment: { batch: number; passes: number; lr: number }) {
    const shard = someShard([parent.widths[0], parent.widths.at(-1)!], rows);
    await send(await prover.proveData(context, shard));
    await send(await prover.proveImport(context, parent, { source: toHex(5n, { size: 32 }) }));
    const { child, trace } = trainSegment(parent, shard, { ...segment, salt: 31n });
    const begun = performance.now();
    const proved = await prover.proveTrain(context, { parent, child, shard, ...segment, trace });
    const seconds = (performance.now() - begun) / 1000;
    const receipt = await send(proved);
    assert.equal(receipt.status, 'success');
    assert.equal(await registry.read('trainerOf', [resultId(proved.statement)]), trainer);
    const { trace: chunks, helper } = proved.proof.points;
    return { gas: Number(receipt.gasUsed), seconds, chunks: [chunks.length, helper.length] };
  }

  it('150 rows with 32 passes are one proof and one transaction', async (test) => {
    const { gas, seconds, chunks } = await trained(someModel([4, 8, 3], 9, 77n), 150, { lr: 8, batch: 2, passes: 32 });
    test.diagnostic(`${gas} gas, proved in ${seconds.toFixed(1)} s, chunks of trace and helper: ${chunks}`);
    assert.ok(gas < 750_000, `${gas} gas`);
  });

  it('a network of 1.3 million weights, whose trace has more than 2^22 entries', async (test) => {
    const model = someModel([784, 1024, 512, 10], 11, 78n);
    const { gas, seconds, chunks } = await trained(model, 512, { lr: 1, batch: 64, passes: 1 });
    const { maxRSS } = process.resourceUsage();
    const memory = `${(maxRSS / 2 ** 20).toFixed(1)} GiB`;
    test.diagnostic(`${gas} gas, proved in ${seconds.toFixed(1)} s, ${memory}, chunks of trace and helper: ${chunks}`);
    assert.ok(chunks[0] > 8, `${chunks[0]} chunks of 2^19`);
  });
});
