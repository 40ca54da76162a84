// A real chain on which one edge of every program is proved and registered, with the small models that they are of.

import { readFileSync } from 'node:fs';
import { type Address, createWalletClient, encodeFunctionData, getAddress, type Hex, http, parseEventLogs } from 'viem';
import { type Chain, connect } from '../../scripts/chain/client.ts';
import { type Deployment, deployRegistry } from '../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { sendOnce } from '../../scripts/chain/transaction.ts';
import { datasetsAbi, modelRegistryAbi } from '../../src/generated/abi.ts';
import { MERGE_ONE, mergeWeights } from '../../src/model/merge.ts';
import { type Schema, schemaHash } from '../../src/model/schema.ts';
import { encodeShape } from '../../src/model/shape.ts';
import type { Shard } from '../../src/model/shard.ts';
import type { Weights } from '../../src/model/weights.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { type Edge, edgeTransaction } from '../../src/registry/edge.ts';
import { PROGRAM_NAMES, type Program } from '../../src/registry/programs/list.ts';
import { circuitFor, resultId, type StatementContext, secretHash, seedFrom } from '../../src/registry/statement.ts';
import { keyHash } from '../../src/registry/verificationKey.ts';
import { forwardPass, forwardTrace } from '../../src/training/forward.ts';
import { seedWeights } from '../../src/training/seed.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { someModel, someShard } from './models.ts';
import { openProver, verifierKeys } from './prover.ts';

export const WIDTHS = [4, 3, 2];
export const ROWS = 8;
export const SCHEMA: Schema = {
  format: 'descent-schema/1',
  kind: 'classes',
  columns: WIDTHS[0],
  decimal: '.',
  missing: 'refuse',
  transforms: [],
  classes: ['cat', 'dog'],
};
const SOURCE: Hex = `0x${'5c'.repeat(32)}`;
const SECRET: Hex = `0x${'5e'.repeat(32)}`;

export class ProvedEdges {
  readonly node: LocalNode;
  readonly chain: Chain;
  readonly place: Deployment;
  readonly prover: Prover;
  readonly trainer = developmentAccount(1);
  readonly shard: Shard = someShard(WIDTHS, ROWS);
  /** the seed's weights, once it is proved */
  start!: Weights;
  /** registered edges, one of each program */
  readonly edges = {} as Record<Program, Edge>;
  /** a seed that nobody drew, and a model trained on a shard that nobody registered: true proofs of no worth */
  readonly stray = {} as { seed: Edge; train: Edge };
  /** proved and not registered yet; two of them for contracts as trainers */
  readonly waiting = {} as { data: Edge; import: Edge; other: Edge; batch: Edge; keeper: Edge };
  readonly carriers = {} as { batch: Address; keeper: Address };
  #salt = 100n;

  /** Proves and registers everything: about a dozen seconds for each program. */
  static async make(rpc?: string): Promise<ProvedEdges> {
    const node = rpc ? { rpc, close: async () => {} } : await startLocalNode();
    const place = await deployRegistry(node.rpc);
    const prover = await openProver(PROGRAM_NAMES);
    const made = new ProvedEdges(node, await connect(node.rpc), place, prover);
    await made.#registerAll();
    return made;
  }

  private constructor(node: LocalNode, chain: Chain, place: Deployment, prover: Prover) {
    this.node = node;
    this.chain = chain;
    this.place = place;
    this.prover = prover;
  }

  async close(): Promise<void> {
    await this.prover.close();
    await this.node.close();
  }

  get context(): StatementContext {
    return { chainId: BigInt(this.place.chainId), registry: this.place.registry, trainer: this.trainer.address };
  }

  get salt(): bigint {
    return this.#salt++;
  }

  edgeOf({ statement, proof }: ProofResult, context = this.context): Edge {
    const verificationKey = keyHash(verifierKeys(circuitFor(statement)).vkey);
    return { context, statement, proof, verificationKey, devKeys: this.place.devKeys, metadata: { name: 'one' } };
  }

  /** Draws a seed on chain and proves it. */
  async seed(): Promise<{ edge: Edge; weights: Weights }> {
    const { registry } = this.place;
    const secret = SECRET;
    const request = [encodeShape({ widths: WIDTHS, head: 'squared error' }), secretHash(secret)] as const;
    const data = encodeFunctionData({ abi: modelRegistryAbi, functionName: 'requestSeed', args: request });
    const { logs } = await this.send(registry, data);
    const [{ args }] = parseEventLogs({ abi: modelRegistryAbi, logs, eventName: 'SeedRequested' });
    for (let k = 0; k < 2; k++) await this.command('evm_mine');
    const { hash } = await this.chain.client.getBlock({ blockNumber: args.seedBlock });
    const seed = seedFrom(hash, this.trainer.address, args.requestId, secret);
    const weights = seedWeights({ widths: WIDTHS, head: 'squared error' }, seed, this.salt);
    const { requestId } = args;
    return {
      edge: this.edgeOf(await this.prover.proveSeed(this.context, weights, { seed, requestId, secret })),
      weights,
    };
  }

  async train(parent: Weights, shard: Shard): Promise<{ edge: Edge; weights: Weights }> {
    const [lr, batch] = [8, 4];
    const { child, trace } = trainSegment(parent, shard, { lr, batch, salt: this.salt });
    const proved = await this.prover.proveTrain(this.context, { parent, child, shard, lr, batch, trace });
    return { edge: this.edgeOf(proved), weights: child };
  }

  async register(edge: Edge): Promise<void> {
    const { to, data } = edgeTransaction(edge);
    await this.send(to, data);
  }

  async send(to: Hex, data: Hex, account = this.trainer) {
    return sendOnce(this.chain, account, { to, data }, { read: () => undefined, write: () => {} });
  }

  /** Deploys a compiled contract without arguments. @param path below artifacts/contracts, without .json */
  async deploy(path: string, args = ''): Promise<Address> {
    const file = new URL(`../../artifacts/contracts/${path}.json`, import.meta.url);
    const { bytecode } = JSON.parse(readFileSync(file, 'utf8')) as { bytecode: Hex };
    const wallet = createWalletClient({ account: developmentAccount(0), transport: http(this.chain.rpc) });
    const hash = await wallet.sendTransaction({ data: `${bytecode}${args}` as Hex, chain: null });
    const { contractAddress } = await this.chain.client.waitForTransactionReceipt({ hash });
    return getAddress(contractAddress!);
  }

  async command<T>(method: string, ...params: unknown[]): Promise<T> {
    return this.chain.client.request({ method: method as never, params: params as never });
  }

  /** Another shard, that it shares no row with the first, and that its rows are those of a dataset. */
  async #registerFacts(add: (edge: Edge) => Promise<void>): Promise<void> {
    const { prover, context, shard } = this;
    const second = someShard(WIDTHS, ROWS, 'classes', 31);
    const edge = this.edgeOf(await prover.proveData(context, second, schemaHash(SCHEMA)));
    await this.register(edge);
    const audit = { ...context, registry: this.place.audit };
    await add(this.edgeOf(await prover.proveDisjoint(audit, { first: shard, second }), audit));
    const list = { registrar: this.trainer.address, shardIds: [resultId(edge.statement)], uri: 'ipfs://rows' };
    const args = [list.shardIds, list.uri] as const;
    await this.send(
      this.place.datasets,
      encodeFunctionData({ abi: datasetsAbi, functionName: 'registerDataset', args }),
    );
    await add(this.edgeOf(await prover.proveSubset(audit, { shard: second, sets: [second], list }), audit));
  }

  async #registerAll(): Promise<void> {
    const { prover, context, edges, shard } = this;
    const add = async (edge: Edge) => {
      await this.register(edge);
      edges[edge.statement.program] = edge;
    };
    await add(this.edgeOf(await prover.proveData(context, shard, schemaHash(SCHEMA))));
    const seed = await this.seed();
    this.start = seed.weights;
    await add(seed.edge);
    const trained = await this.train(seed.weights, shard);
    await add(trained.edge);
    await add(
      this.edgeOf(await prover.proveImport(context, someModel(WIDTHS), { source: SOURCE, schema: schemaHash(SCHEMA) })),
    );
    const parents = [seed.weights, trained.weights];
    const coefficients = WIDTHS.slice(1).map(() => [MERGE_ONE / 4, (3 * MERGE_ONE) / 4]);
    const merge = mergeWeights(parents, coefficients, this.salt);
    await add(this.edgeOf(await prover.proveMerge(context, { parents, coefficients, merge })));
    const model = trained.weights;
    const board = { ...context, registry: this.place.scoreboard };
    const scored = await prover.proveScore(board, { model, shard, forward: forwardTrace(model, shard) });
    await add(this.edgeOf(scored, board));
    const inferences = { ...context, registry: this.place.inferences };
    const outputs = { shown: true, salt: this.salt };
    const witness = { model, shard, inputs: 'shard', outputs, forward: { trace: forwardPass(model, shard) } } as const;
    await add(this.edgeOf(await prover.proveInfer(inferences, witness), inferences));
    await this.#registerFacts(add);
    const drawn = { seed: 5n, requestId: 99n, secret: SECRET };
    const alone = seedWeights({ widths: WIDTHS, head: 'squared error' }, drawn.seed, this.salt);
    this.stray.seed = this.edgeOf(await prover.proveSeed(context, alone, drawn));
    this.carriers.batch = await this.deploy('mocks/Carriers.sol/Batch');
    this.carriers.keeper = await this.deploy('mocks/Carriers.sol/Keeper');
    const more = async (seed: number, by = context) =>
      this.edgeOf(await prover.proveData(by, someShard(WIDTHS, ROWS, 'classes', seed)), by);
    this.waiting.data = await more(21);
    this.waiting.batch = await more(22, { ...context, trainer: this.carriers.batch });
    this.waiting.keeper = await more(23, { ...context, trainer: this.carriers.keeper });
    const imported = async (seed: number) =>
      this.edgeOf(await prover.proveImport(context, someModel(WIDTHS, seed), { source: SOURCE }));
    this.waiting.import = await imported(24);
    this.waiting.other = await imported(25);
    this.stray.train = (await this.train(seed.weights, someShard(WIDTHS, ROWS, 'regression', 77))).edge;
  }
}
