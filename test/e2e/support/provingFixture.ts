// A real chain with real proofs for the page: a node, a registry, two trainers and what they proved.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeFunctionData, type Hex, parseEventLogs, toHex } from 'viem';
import { type Chain, connect } from '../../../scripts/chain/client.ts';
import { deployRegistry } from '../../../scripts/chain/deploy.ts';
import { type LocalNode, startLocalNode } from '../../../scripts/chain/localNode.ts';
import { loadMnist } from '../../../scripts/files/mnist.ts';
import { keyFiles } from '../../../scripts/setup/paths.ts';
import { loadSrs } from '../../../scripts/setup/srs.ts';
import { modelRegistryAbi } from '../../../src/generated/abi.ts';
import { MERGE_ONE, mergeWeights } from '../../../src/model/merge.ts';
import { type Schema, schemaHash, schemaShape } from '../../../src/model/schema.ts';
import { encodeShape } from '../../../src/model/shape.ts';
import type { Shard } from '../../../src/model/shard.ts';
import type { Weights } from '../../../src/model/weights.ts';
import { writeWeights } from '../../../src/model/weightsFile.ts';
import { randomElement } from '../../../src/numbers/field.ts';
import { type ProofResult, Prover } from '../../../src/proof/prover.ts';
import { type Edge, formatEdge } from '../../../src/registry/edge.ts';
import { formatRun, isTrainEdge } from '../../../src/registry/edgeRun.ts';
import { PROGRAM_NAMES, type Program } from '../../../src/registry/programs/list.ts';
import { resultId, secretHash } from '../../../src/registry/statement.ts';
import { keyHash, parseVerificationKey } from '../../../src/registry/verificationKey.ts';
import { forwardTrace } from '../../../src/training/forward.ts';
import { seedWeights } from '../../../src/training/seed.ts';
import { trainSegment, trainTrial } from '../../../src/training/trainer.ts';
import { Ledger, type Person, type Place } from './ledger.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const WIDTHS = [49, 32, 10];
/** Digits that no shard of the chain has. */
const FAR_ROWS = { first: 20_000, rows: 1024 };
/** Where something stands that answers like ENS. */
const ENS: Hex = '0x00000000000000000000000000000000000e05e5';

/** A model of the chain: its weights and its edge file. */
export interface Made {
  id: Hex;
  weights: Weights;
  edge: Edge;
  file: string;
}

/** A running chain with helpers that prove and register on it. */
export class ProvingFixture extends Ledger {
  readonly #node: LocalNode;
  readonly #prover: Prover;
  readonly #keys: Record<Program, Hex>;

  static async start(folder: string): Promise<ProvingFixture> {
    mkdirSync(join(ROOT, folder), { recursive: true });
    const node = await startLocalNode();
    const chain = await connect(node.rpc);
    const place: Place = { ...(await deployRegistry(chain.rpc)), rpc: node.rpc, ens: ENS };
    const circuits = {} as Record<Program, { wasm: Uint8Array; zkey: Uint8Array }>;
    const keys = {} as Record<Program, Hex>;
    for (const program of PROGRAM_NAMES) {
      const files = keyFiles(program);
      const wasm = new Uint8Array(readFileSync(join(ROOT, 'build/circuits', program, `${program}.wasm`)));
      circuits[program] = { wasm, zkey: new Uint8Array(readFileSync(files.zkey)) };
      keys[program] = keyHash(parseVerificationKey(JSON.parse(readFileSync(files.vkey, 'utf8'))));
    }
    const prover = await Prover.create({ srs: await loadSrs(), circuits });
    return new ProvingFixture(place, chain, folder, { node, prover, keys });
  }

  private constructor(
    place: Place,
    chain: Chain,
    folder: string,
    parts: { node: LocalNode; prover: Prover; keys: Record<Program, Hex> },
  ) {
    super(place, chain, folder);
    this.#node = parts.node;
    this.#prover = parts.prover;
    this.#keys = parts.keys;
  }

  /** Digits `place * rows` .. of MNIST's training half, 7x7. */
  async digits(place: number, rows: number): Promise<Shard> {
    const { train } = await loadMnist({ pooled: true });
    return train.shard({ first: place * rows, rows }, randomElement());
  }

  async proveShard(by: Person, shard: Shard, name: string): Promise<{ edge: Edge; file: string; id: Hex }> {
    return this.#edge(await this.#prover.proveData(this.#context(by), shard), by, name);
  }

  async makeSeed(by: Person, name: string, widths = WIDTHS): Promise<Made> {
    const secret = toHex(crypto.getRandomValues(new Uint8Array(32)));
    const args = [encodeShape({ widths, head: 'squared error' }), secretHash(secret)] as const;
    const data = encodeFunctionData({ abi: modelRegistryAbi, functionName: 'requestSeed', args });
    const receipt = await this.send(by, data);
    const [event] = parseEventLogs({ abi: modelRegistryAbi, logs: receipt.logs, eventName: 'SeedRequested' });
    const { requestId, seedBlock } = event.args;
    while ((await this.chain.client.getBlockNumber({ cacheTime: 0 })) <= seedBlock) {
      await this.chain.client.request({ method: 'evm_mine' as never });
    }
    const seed = await this.chain.client.readContract({
      address: this.place.registry,
      abi: modelRegistryAbi,
      functionName: 'seedOf',
      args: [requestId, secret],
    });
    const weights = seedWeights({ widths, head: 'squared error' }, seed, randomElement());
    const proved = await this.#prover.proveSeed(this.#context(by), weights, { seed, requestId, secret });
    return { ...this.#edge(proved, by, name), weights };
  }

  async train(by: Person, parent: Weights, shard: Shard, name: string, { lr = 256, passes = 1 } = {}): Promise<Made> {
    const segment = { lr, batch: 8, passes };
    const { child, trace } = trainSegment(parent, shard, { ...segment, salt: randomElement() });
    const proved = await this.#prover.proveTrain(this.#context(by), { parent, child, shard, ...segment, trace });
    return { ...this.#edge(proved, by, name), weights: child };
  }

  /** A model made elsewhere: here, random weights. */
  async makeImport(by: Person, name: string, schema?: Schema): Promise<Made> {
    const { inputs, outputs } = schema ? schemaShape(schema) : { inputs: WIDTHS[0], outputs: WIDTHS[2] };
    const shape = { widths: [inputs, 32, outputs], head: 'squared error' } as const;
    const weights = seedWeights({ ...shape, widths: [...shape.widths] }, randomElement(), randomElement());
    return this.#declare(by, name, weights, schema);
  }

  /** A model that was trained elsewhere, without a proof: a softmax that knows some digits. */
  async importSoftmax(by: Person, name: string): Promise<Made> {
    const { train } = await loadMnist({ pooled: true });
    const start = seedWeights({ widths: WIDTHS, head: 'softmax' }, randomElement(), randomElement());
    const { child } = trainTrial(start, train.shard(FAR_ROWS, 0n), { lr: 64, batch: 8, passes: 4 });
    return this.#declare(by, name, child);
  }

  async #declare(by: Person, name: string, weights: Weights, schema?: Schema): Promise<Made> {
    const source: Hex = `0x${createHash('sha256').update(writeWeights(weights)).digest('hex')}`;
    const stated = { source, schema: schemaHash(schema) };
    return { ...this.#edge(await this.#prover.proveImport(this.#context(by), weights, stated), by, name), weights };
  }

  /** The mean of some models. */
  async merge(by: Person, parents: readonly Weights[], name: string): Promise<Made> {
    const shares = parents.map((_, k) => Math.floor((k + 1) * (MERGE_ONE / parents.length)));
    const coefficients = WIDTHS.slice(1).map(() => shares.map((share, k) => share - (shares[k - 1] ?? 0)));
    const merge = mergeWeights(parents, coefficients, randomElement());
    const proved = await this.#prover.proveMerge(this.#context(by), { parents, coefficients, merge });
    return { ...this.#edge(proved, by, name), weights: merge.child };
  }

  /** Proves a model's result on a shard for the scoreboard. */
  async score(by: Person, model: Weights, shard: Shard, name: string): Promise<{ edge: Edge; file: string; id: Hex }> {
    const context = { ...this.#context(by), registry: this.place.scoreboard };
    const proved = await this.#prover.proveScore(context, { model, shard, forward: forwardTrace(model, shard) });
    return this.#edge(proved, by, name, context);
  }

  /** Writes edges of program train that follow one another as the file of a run. */
  writeRun(edges: readonly Edge[], keep: boolean[], name: string): string {
    const file = join(ROOT, this.folder, `${name}.run.json`);
    writeFileSync(file, formatRun({ edges: edges.filter(isTrainEdge), keep }));
    return file;
  }

  async close(): Promise<void> {
    await this.#prover.close();
    await this.#node.close();
  }

  #context(by: Person) {
    const { chainId, registry } = this.place;
    return { chainId: BigInt(chainId), registry, trainer: by.account.address };
  }

  #edge({ statement, proof }: ProofResult, by: Person, name: string, context = this.#context(by)) {
    const edge: Edge = {
      context,
      statement,
      proof,
      verificationKey: this.#keys[statement.program],
      devKeys: this.place.devKeys,
      metadata: { name },
    };
    const file = join(ROOT, this.folder, `${name}.edge.json`);
    writeFileSync(file, formatEdge(edge));
    return { edge, file, id: resultId(statement) };
  }
}
