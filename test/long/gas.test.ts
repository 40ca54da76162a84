// Gas of every entry point with real proofs, the development keys and the contracts that a deployment uses. Proofs are
// random, so that single bytes of calldata are zero now and then: that is the tolerance.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Address, type Hex, parseEventLogs, type TransactionReceipt, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { runGas } from '../../scripts/chain/funds.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { mergeWeights } from '../../src/model/merge.ts';
import { encodeShape } from '../../src/model/shape.ts';
import type { Shard } from '../../src/model/shard.ts';
import type { Weights } from '../../src/model/weights.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { modelId } from '../../src/registry/ids.ts';
import { PROGRAM_NAMES } from '../../src/registry/programs/list.ts';
import type { TrainStatement } from '../../src/registry/programs/train.ts';
import { trainManyCall } from '../../src/registry/programs/trainMany.ts';
import { relayCall, typedRequest } from '../../src/registry/relay.ts';
import { NO_RULES } from '../../src/registry/rules.ts';
import { type StatementContext, secretHash } from '../../src/registry/statement.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { seedTrace, weightsFromSeedTrace } from '../../src/training/seed.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { type Contract, type TestChain, testChain } from '../contracts/support/chain.ts';
import { deployContracts } from '../support/deployContracts.ts';
import { requirePinnedGas } from '../support/gas.ts';
import { someModel, someShard } from '../support/models.ts';
import { openProver } from '../support/prover.ts';

const TOLERANCE = 600;
const WIDTHS = [5, 4, 3];
const SALT = 21n;
const SECRET = toHex(7n, { size: 32 });
/** Stated for the shard and the import, as every data set of the command line does. */
const SCHEMA = toHex(6n, { size: 32 });
const ALL = PROGRAM_NAMES;

describe('gas with real proofs', { concurrency: false }, () => {
  let chain: TestChain;
  let prover: Prover;
  let registry: Contract;
  let datasets: Contract;
  let scoreboard: Contract;
  let relay: Address;
  let trainer: Address;
  const measured: Record<string, number> = {};
  const spent = (name: string, { gasUsed }: TransactionReceipt | { gasUsed: bigint }) => {
    measured[name] = Number(gasUsed);
  };

  before(async () => {
    chain = await testChain();
    prover = await openProver(ALL);
    trainer = chain.accounts[1];
    ({ registry, datasets, scoreboard, relay } = await deployContracts(chain, (name, gas) => {
      measured[`deploy ${name}`] = gas;
    }));
  });
  after(() => prover.close());

  const context = (contract = registry): StatementContext => ({ chainId: 31337n, registry: contract.address, trainer });

  function send({ statement, proof }: ProofResult): Promise<TransactionReceipt> {
    const { functionName, args } = registryCall(statement, proof);
    const contract = statement.program === 'score' ? scoreboard : registry;
    return contract.send(functionName, args, trainer);
  }

  async function submit(name: string, proved: ProofResult): Promise<TransactionReceipt> {
    const receipt = await send(proved);
    spent(name, receipt);
    return receipt;
  }

  /** Trains once on the shard for each segment, and registers all by one transaction. */
  async function submitRun(name: string, start: Weights, shard: Shard, keep: readonly boolean[]): Promise<void> {
    let parent = start;
    const proved: ProofResult<TrainStatement>[] = [];
    for (let k = 0; k < keep.length; k++) {
      const salt = BigInt(200 + 10 * keep.length + k + (keep[0] ? 100 : 0));
      const { child, trace } = trainSegment(parent, shard, { lr: 3, batch: 4, passes: 2, salt });
      proved.push(await prover.proveTrain(context(), { parent, child, shard, lr: 3, batch: 4, passes: 2, trace }));
      parent = child;
    }
    const statements = proved.map(({ statement }) => statement);
    const proofs = proved.map(({ proof }) => proof);
    const { functionName, args } = trainManyCall({ statements, keep, proofs });
    const receipt = await registry.send(functionName, args, trainer);
    spent(name, receipt);
    assert.ok(Number(receipt.gasUsed) < runGas(keep.length), name);
  }

  /** Scores models on a shard and makes a benchmark of it. */
  async function scores(models: readonly Weights[], shard: Shard, shardId: Hex): Promise<void> {
    for (const model of models) {
      const forward = forwardTrace(model, shard);
      await submit('score', await prover.proveScore(context(scoreboard), { model, shard, forward }));
    }
    // What ranking costs has nothing to do with proofs: test/contracts/scoreboard.test.ts pins it.
    const opened = await scoreboard.send('openBenchmark', [trainer, [shardId], 'ipfs://', NO_RULES], trainer);
    spent('openBenchmark of 1 shard', opened);
  }

  /** The first score of a model with softmax. Of more than 32 classes no counts are stated. */
  async function scoreWithLoss(name: string, classes: number): Promise<void> {
    const widths = [5, 4, classes];
    const [model, shard] = [{ ...someModel(widths), head: 'softmax' as const }, someShard(widths, 16)];
    await send(await prover.proveData(context(), shard));
    await send(await prover.proveImport(context(), model, { source: toHex(5n, { size: 32 }) }));
    const forward = forwardTrace(model, shard);
    assert.equal(forward.measures.counts === null, classes > 32);
    await submit(name, await prover.proveScore(context(scoreboard), { model, shard, forward }));
  }

  it('is what is pinned for each entry point', async () => {
    // A trainer who owns nothing signs, the deployer pays.
    const relayed = async (name: string, parent: Weights) => {
      const { child, trace } = trainSegment(parent, shard, { lr: 3, batch: 4, salt: 35n });
      const signer = privateKeyToAccount(`0x${'5e'.repeat(32)}`);
      const owned = { ...context(), trainer: signer.address };
      const { statement, proof } = await prover.proveTrain(owned, { parent, child, shard, lr: 3, batch: 4, trace });
      const action = { what: 'statement', statement } as const;
      const where = { chainId: 31337n, relay, target: registry.address, trainer: signer.address };
      const request = { ...where, nonce: 2n ** 255n, deadline: 2n ** 40n, action };
      const signature = await signer.signTypedData(typedRequest(request) as never);
      const call = relayCall(request, signature, proof);
      const hash = await chain.wallet.sendTransaction({ ...call, account: chain.accounts[0], chain: null });
      const receipt = await chain.read.getTransactionReceipt({ hash });
      assert.equal(receipt.status, 'success');
      assert.equal(
        await registry.read('trainerOf', [
          modelId(statement.child, encodeShape({ widths: WIDTHS, head: 'squared error' })),
        ]),
        signer.address,
      );
      spent(name, receipt);
    };

    const shard: Shard = someShard(WIDTHS, 16);
    const registered = await submit('registerShard', await prover.proveData(context(), shard, SCHEMA));
    const [{ args: shardEvent }] = parseEventLogs({
      abi: modelRegistryAbi,
      eventName: 'ShardRegistered',
      logs: registered.logs,
    });
    spent('registerDataset of 1 shard', await datasets.send('registerDataset', [[shardEvent.id], 'ipfs://'], trainer));

    spent(
      'requestSeed',
      await registry.send(
        'requestSeed',
        [encodeShape({ widths: WIDTHS, head: 'squared error' }), secretHash(SECRET)],
        trainer,
      ),
    );
    await chain.mine(2);
    spent('fixSeed', await registry.send('fixSeed', [1n], trainer));
    const seed: bigint = await registry.read('seedOf', [1n, SECRET]);
    const start = weightsFromSeedTrace({ widths: WIDTHS, head: 'squared error' }, seedTrace(WIDTHS, seed), SALT);
    await submit('seed', await prover.proveSeed(context(), start, { seed, requestId: 1n, secret: SECRET }));

    const imported = someModel(WIDTHS, 9, 77n);
    await submit(
      'import',
      await prover.proveImport(context(), imported, { source: toHex(5n, { size: 32 }), schema: SCHEMA }),
    );

    const train = async (name: string, parent: Weights, salt: bigint) => {
      const { child, trace } = trainSegment(parent, shard, { lr: 3, batch: 4, salt });
      const proved = await prover.proveTrain(context(), { parent, child, shard, lr: 3, batch: 4, trace });
      await submit(name, proved);
      return child;
    };
    const first = await train('train, first child', start, 31n);
    const second = await train('train, second child', start, 32n);
    await train('train, grandchild', first, 33n);
    await relayed('train, relayed', first);

    const run = (name: string, keep: readonly boolean[]) => submitRun(name, start, shard, keep);
    await run('trainMany of 1', [true]);
    await run('trainMany of 2, the last kept', [false, true]);
    await run('trainMany of 4, the last kept', [false, false, false, true]);
    await run('trainMany of 3, all kept', [true, true, true]);

    const merge = async (name: string, parents: Weights[], coefficients: number[][]) => {
      const merged = mergeWeights(parents, coefficients, BigInt(100 + parents.length));
      await submit(name, await prover.proveMerge(context(), { parents, coefficients, merge: merged }));
      return merged.child;
    };
    const merged = await merge('merge of 2', [first, second], [[2 ** 13, 2 ** 13], [2 ** 14, 1 - 2 ** 13]]); // biome-ignore format: rows are layers
    const eighth = new Array(6).fill(2 ** 11);
    const six = [start, imported, first, second, merged, await train('train of a merge', merged, 34n)];
    await merge('merge of 6', six, [eighth, eighth]);

    await scores([first, merged], shard, shardEvent.id);
    await scoreWithLoss('score with log-loss and top, without counts', 33);
    await scoreWithLoss('score with log-loss, top and counts of 10 classes', 10);
    requirePinnedGas(measured, TOLERANCE);
  });
});
