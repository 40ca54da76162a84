// A training of any size that is proved and registered, with what that takes.
import assert from 'node:assert/strict';
import { type Address, toHex } from 'viem';
import { runGas } from '../../scripts/chain/funds.ts';
import type { Stage } from '../../src/argument/session.ts';
import type { Weights } from '../../src/model/weights.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { oraclesOf, resultId } from '../../src/registry/statement.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { type Contract, type TestChain, testChain } from '../contracts/support/chain.ts';
import { deployContracts } from './deployContracts.ts';
import { someShard } from './models.ts';
import { openProver } from './prover.ts';

export interface LargeTraining {
  gas: number;
  seconds: number;
  processorSeconds: number;
  stages: Stage[];
  /** Chunks of trace and helper. */
  chunks: [number, number];
}

/** A chain with a registry, and a prover of what leads to a training. */
export class LargeTrainings {
  readonly #prover: Prover;
  readonly #registry: Contract;
  readonly #trainer: Address;

  static async open(): Promise<LargeTrainings> {
    const chain = await testChain();
    const { registry } = await deployContracts(chain);
    return new LargeTrainings(chain, registry, await openProver(['data', 'import', 'train']));
  }

  private constructor(chain: TestChain, registry: Contract, prover: Prover) {
    this.#registry = registry;
    this.#prover = prover;
    this.#trainer = chain.accounts[1];
  }

  close(): Promise<void> {
    return this.#prover.close();
  }

  /** Registers a model and a shard, trains, and registers the child. */
  async train(
    parent: Weights,
    rows: number,
    segment: { batch: number; passes: number; lr: number },
  ): Promise<LargeTraining> {
    const prover = this.#prover;
    const context = { chainId: 31337n, registry: this.#registry.address, trainer: this.#trainer };
    const shard = someShard([parent.widths[0], parent.widths.at(-1)!], rows);
    await this.#send(await prover.proveData(context, shard));
    await this.#send(await prover.proveImport(context, parent, { source: toHex(5n, { size: 32 }) }));
    const { child, trace } = trainSegment(parent, shard, { ...segment, salt: 31n });
    const [begun, before] = [performance.now(), process.cpuUsage()];
    const proved = await prover.proveTrain(context, { parent, child, shard, ...segment, trace });
    const seconds = (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(before);
    const receipt = await this.#send(proved);
    assert.equal(receipt.status, 'success');
    assert.equal(await this.#registry.read('trainerOf', [resultId(proved.statement)]), this.#trainer);
    const { points } = proved.proof;
    const oracles = [...Object.values(points).filter(Array.isArray), ...oraclesOf(proved.statement)];
    const further = oracles.flat().length - oracles.length;
    assert.ok(Number(receipt.gasUsed) < runGas(1, 1, further), `${receipt.gasUsed} gas for ${further} further chunks`);
    return {
      gas: Number(receipt.gasUsed),
      seconds,
      processorSeconds: (user + system) / 1e6,
      stages: proved.stages,
      chunks: [points.trace.length, points.helper.length],
    };
  }

  #send({ statement, proof }: ProofResult) {
    const { functionName, args } = registryCall(statement, proof);
    return this.#registry.send(functionName, args, this.#trainer);
  }
}

/** What a training took, in one line. */
export function described({ gas, seconds, processorSeconds, chunks: [trace, helper] }: LargeTraining): string {
  const peak = (process.resourceUsage().maxRSS / 2 ** 20).toFixed(1);
  const time = `proved in ${seconds.toFixed(1)} s (${processorSeconds.toFixed(1)} of the processors)`;
  return `${gas} gas, ${time}, ${peak} GiB at most, ${trace} and ${helper} chunks of trace and helper`;
}
