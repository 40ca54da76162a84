import type { Hex } from 'viem';
import { Curve, type Srs } from '../argument/curve.ts';
import { Kernels } from '../argument/kernels.ts';
import type { Oracle } from '../argument/oracle.ts';
import { type Backend, commit, Session, type Stage, type StageListener } from '../argument/session.ts';
import { defaultThreads } from '../argument/thread.ts';
import type { Commitment, Proof } from '../argument/types.ts';
import { valuesBytes } from '../model/inference.ts';
import { type AnyWeights, shapeOf as modelShapeOf } from '../model/networkWeights.ts';
import { recordShape } from '../model/record.ts';
import type { ShardShape } from '../model/shape.ts';
import type { Shard } from '../model/shard.ts';
import { type DisjointWitness, proveDisjoint as disjointArgument, isRecord } from '../programs/audits/disjoint.ts';
import { proveSubset as subsetArgument } from '../programs/audits/subset.ts';
import type { ArgumentResult } from '../programs/common.ts';
import { proveData as dataArgument } from '../programs/data.ts';
import { proveImport as importArgument } from '../programs/import.ts';
import { type InferWitness, inputValues, outputTensor, outputValues } from '../programs/infer/context.ts';
import { proveInfer as inferArgument } from '../programs/infer/infer.ts';
import { type MergeWitness, proveMerge as mergeArgument } from '../programs/merge.ts';
import { inputOracle, modelOracle, outputOracle, shardOracle } from '../programs/oracles.ts';
import type { ScoreWitness } from '../programs/score/context.ts';
import { proveScore as scoreArgument } from '../programs/score/score.ts';
import { proveSeed as seedArgument } from '../programs/seed.ts';
import type { SparseWitness } from '../programs/sparse/context.ts';
import { proveSparseMerge as sparseArgument } from '../programs/sparse/sparseMerge.ts';
import type { TrainWitness } from '../programs/train/context.ts';
import { proveTrain as trainArgument } from '../programs/train/train.ts';
import type { DatasetList } from '../registry/attestation.ts';
import type { DataStatement } from '../registry/programs/data.ts';
import { shapeFields } from '../registry/programs/definition.ts';
import type { Statement } from '../registry/programs/definitions.ts';
import type { DisjointStatement } from '../registry/programs/disjoint.ts';
import type { ImportStatement } from '../registry/programs/import.ts';
import type { InferStatement } from '../registry/programs/infer.ts';
import type { Circuit } from '../registry/programs/list.ts';
import type { MergeStatement } from '../registry/programs/merge.ts';
import type { ScoreStatement } from '../registry/programs/score.ts';
import type { SeedStatement } from '../registry/programs/seed.ts';
import type { SubsetStatement } from '../registry/programs/subset.ts';
import type { TrainStatement } from '../registry/programs/train.ts';
import { NO_SCHEMA } from '../registry/schemas.ts';
import { circuitFor, hashWords, type StatementContext, statementDigest } from '../registry/statement.ts';
import { seedTrace } from '../training/seed.ts';
import { type CircuitFiles, Groth16 } from './groth16/groth16.ts';

export interface ProverResources {
  srs: Srs;
  circuits: Partial<Record<Circuit, CircuitFiles>>;
  /** worker threads for the curve, default: all cores */
  threads?: number;
  /** Groth16 by snarkjs alone, which is slower: to compare */
  plainGroth16?: boolean;
}

export interface ProofResult<S extends Statement = Statement> {
  statement: S;
  proof: Proof;
  stages: Stage[];
}

/** Holds what proofs share: field kernels, curve threads, SRS, circuits. One proof at a time; close it when done. */
export class Prover {
  readonly backend: Backend;
  readonly #circuits: ProverResources['circuits'];
  readonly #groth16: Groth16;
  #busy = false;

  private constructor(backend: Backend, circuits: ProverResources['circuits'], plainGroth16: boolean) {
    this.backend = backend;
    this.#circuits = circuits;
    this.#groth16 = new Groth16(backend.curve, { plain: plainGroth16 });
  }

  static async create({
    srs,
    circuits,
    threads = defaultThreads(),
    plainGroth16 = false,
  }: ProverResources): Promise<Prover> {
    const [kernels, curve] = await Promise.all([Kernels.load({ threads }), Curve.load({ threads })]);
    return new Prover({ kernels, curve, srs }, circuits, plainGroth16);
  }

  /** Ends the threads, those of snarkjs too, which would keep a process alive. */
  async close(): Promise<void> {
    await Promise.all([this.backend.curve.close(), this.backend.kernels.close()]);
    await (globalThis as { curve_bn128?: { terminate(): Promise<void> } | null }).curve_bn128?.terminate();
  }

  commitModel(weights: AnyWeights): Promise<Commitment> {
    return this.#commit(() => modelOracle(weights));
  }

  commitShard(shard: Shard): Promise<Commitment> {
    return this.#commit(() => shardOracle(shard));
  }

  /** Proves that a shard is well-formed (program data). @param schema what its columns mean, as 32 bytes */
  async proveData(
    context: StatementContext,
    shard: Shard,
    schema: Hex = NO_SCHEMA,
    onStage?: StageListener,
  ): Promise<ProofResult<DataStatement>> {
    const commitment = await this.commitShard(shard);
    const statement: DataStatement = { program: 'data', shard: shapeOf(shard), schema, commitment };
    return this.#prove(context, statement, onStage, (session) => dataArgument(session, shard));
  }

  /** Proves that weights are those of a public seed (program seed). */
  async proveSeed(
    context: StatementContext,
    weights: AnyWeights,
    { seed, requestId, secret }: { seed: bigint; requestId: bigint; secret: Hex },
    onStage?: StageListener,
  ): Promise<ProofResult<SeedStatement>> {
    const shape = modelShapeOf(weights);
    const statement: SeedStatement = {
      program: 'seed',
      requestId,
      ...shapeFields(shape),
      seed,
      secret,
      commitment: await this.commitModel(weights),
    };
    return this.#prove(context, statement, onStage, (session) =>
      seedArgument(session, weights, seed, seedTrace(shape, seed).layers),
    );
  }

  /** Proves one segment of SGD (program train). */
  async proveTrain(
    context: StatementContext,
    witness: TrainWitness,
    onStage?: StageListener,
  ): Promise<ProofResult<TrainStatement>> {
    const statement: TrainStatement = {
      program: 'train',
      ...shapeFields(modelShapeOf(witness.parent)),
      parent: await this.commitModel(witness.parent),
      shard: shapeOf(witness.shard),
      shardCommitment: await this.commitShard(witness.shard),
      learningRate: witness.lr,
      batch: witness.batch,
      passes: witness.passes ?? 1,
      smoothing: witness.smoothing ?? 0,
      child: await this.commitModel(witness.child),
    };
    return this.#prove(context, statement, onStage, (session) => trainArgument(session, witness));
  }

  /**
   * Proves that weights made elsewhere are in range (program import).
   * @param said SHA-256 of the file that they come from, and what inputs and outputs mean; each as 32 bytes
   */
  async proveImport(
    context: StatementContext,
    weights: AnyWeights,
    { source, schema = NO_SCHEMA }: { source: Hex; schema?: Hex },
    onStage?: StageListener,
  ): Promise<ProofResult<ImportStatement>> {
    const commitment = await this.commitModel(weights);
    const statement: ImportStatement = {
      program: 'import',
      ...shapeFields(modelShapeOf(weights)),
      commitment,
      source,
      schema,
    };
    return this.#prove(context, statement, onStage, (session) => importArgument(session, weights));
  }

  /** Proves that a model is a rounded sum of others (program merge). */
  async proveMerge(
    context: StatementContext,
    witness: MergeWitness,
    onStage?: StageListener,
  ): Promise<ProofResult<MergeStatement>> {
    const child = await this.commitModel(witness.merge.child);
    const parents: Commitment[] = [];
    for (const parent of witness.parents) parents.push(await this.commitModel(parent));
    const coefficients = witness.coefficients.map((row) => [...row]);
    const shape = shapeFields(modelShapeOf(witness.merge.child));
    const statement: MergeStatement = { program: 'merge', ...shape, child, parents, coefficients };
    return this.#prove(context, statement, onStage, (session) => mergeArgument(session, witness));
  }

  /** Proves that a model is a base with what is kept of the changes of others (program sparseMerge): TIES and DARE. */
  async proveSparseMerge(
    context: StatementContext,
    witness: SparseWitness,
    onStage?: StageListener,
  ): Promise<ProofResult<MergeStatement>> {
    const { plan, merge } = witness;
    const child = await this.commitModel(merge.child);
    const parents: Commitment[] = [];
    for (const parent of plan.parents) parents.push(await this.commitModel(parent));
    const statement: MergeStatement = {
      program: 'merge',
      ...shapeFields(modelShapeOf(merge.child)),
      child,
      parents,
      coefficients: plan.coefficients.map((row) => [...row]),
      sparse: { method: { ...plan.method, kept: [...plan.method.kept] }, counts: [...merge.counts] },
    };
    return this.#prove(context, statement, onStage, (session) => sparseArgument(session, witness));
  }

  /** Proves a model's results on a shard (program score). @param context its registry is the scoreboard */
  async proveScore(
    context: StatementContext,
    witness: ScoreWitness,
    onStage?: StageListener,
  ): Promise<ProofResult<ScoreStatement>> {
    const statement: ScoreStatement = {
      program: 'score',
      ...shapeFields(modelShapeOf(witness.model)),
      model: await this.commitModel(witness.model),
      shard: shapeOf(witness.shard),
      shardCommitment: await this.commitShard(witness.shard),
      ...witness.forward.measures,
      point: 0n, // not bound by the statement: the argument draws it
    };
    return this.#provePoint(context, statement, onStage, (session) => scoreArgument(session, witness));
  }

  /** Proves what a model gives on rows (program infer). @param context its registry is the contract of inferences */
  async proveInfer(
    context: StatementContext,
    witness: InferWitness,
    onStage?: StageListener,
  ): Promise<ProofResult<InferStatement>> {
    const { model, shard, inputs, outputs } = witness;
    const isShard = inputs === 'shard';
    const statement: InferStatement = {
      program: 'infer',
      ...shapeFields(modelShapeOf(model)),
      model: await this.commitModel(model),
      rows: shard.rows,
      input: await this.#commit(() => inputOracle(shard, isShard)),
      shard: isShard ? shapeOf(shard) : null,
      inputs: inputs === 'public' ? valuesBytes(inputValues(witness)) : null,
      output: await this.#commit(() => outputOracle(outputTensor(witness), outputs.salt)),
      outputs: outputs.shown ? valuesBytes(outputValues(witness)) : null,
      point: 0n, // as that of a score
    };
    return this.#provePoint(context, statement, onStage, (session) => inferArgument(session, witness));
  }

  /** Proves that two shards, or a shard and a record, have no row in common (program disjoint). @param context its registry is the audit */
  async proveDisjoint(
    context: StatementContext,
    witness: DisjointWitness,
    onStage?: StageListener,
  ): Promise<ProofResult<DisjointStatement>> {
    const { first, second } = witness;
    const statement: DisjointStatement = {
      program: 'disjoint',
      shard: shapeOf(first),
      shardCommitment: await this.commitShard(first),
      other: isRecord(second) ? recordShape(second) : shapeOf(second),
      otherCommitment: isRecord(second) ? [] : await this.commitShard(second),
      record: isRecord(second) ? second : null,
      point: 0n, // not bound by the statement: the argument draws it
    };
    const proved = await this.#prove(context, statement, onStage, async (session) => {
      const argued = await disjointArgument(session, witness);
      statement.point = argued.r;
      return argued;
    });
    return { ...proved, statement };
  }

  /**
   * Proves that all rows of a shard are rows of some shards of a dataset (program subset).
   * @param sets in the order of the list
   * @param context its registry is the audit
   */
  async proveSubset(
    context: StatementContext,
    { shard, sets, list }: { shard: Shard; sets: readonly Shard[]; list: DatasetList },
    onStage?: StageListener,
  ): Promise<ProofResult<SubsetStatement>> {
    const shardCommitment = await this.commitShard(shard);
    const committed: SubsetStatement['sets'] = [];
    for (const set of sets) committed.push({ shape: shapeOf(set), commitment: await this.commitShard(set) });
    const statement: SubsetStatement = {
      program: 'subset',
      shard: shapeOf(shard),
      shardCommitment,
      sets: committed,
      list,
    };
    return this.#prove(context, statement, onStage, (session) => subsetArgument(session, { shard, sets }));
  }

  /** The argument alone: circuit inputs, points and challenges, without Groth16 (for tests and benchmarks). */
  argue(
    context: StatementContext,
    statement: Statement,
    argument: (session: Session) => Promise<ArgumentResult>,
    onStage?: StageListener,
  ): Promise<ArgumentResult> {
    return this.#exclusive(() =>
      argument(new Session(this.backend, statementDigest(context, statement), hashWords, onStage)),
    );
  }

  async #prove<S extends Statement>(
    context: StatementContext,
    statement: S,
    onStage: StageListener | undefined,
    argument: (session: Session) => Promise<ArgumentResult>,
  ): Promise<ProofResult<S>> {
    const circuit = circuitFor(statement);
    const files = this.#circuits[circuit];
    if (!files) throw new RangeError(`no circuit for program ${circuit}`);
    const argued = await this.argue(context, statement, argument, onStage);
    const began = performance.now();
    onStage?.('groth16', argued.stages.length);
    const groth16 = await this.#groth16.prove(files, argued.inputs);
    const stages = [...argued.stages, { name: 'groth16', seconds: (performance.now() - began) / 1000 }];
    return {
      statement,
      proof: { groth16, points: argued.points, challenges: argued.challenges },
      stages,
    };
  }

  /** As #prove, of a statement whose point the argument draws. */
  async #provePoint<S extends Statement & { point: bigint }>(
    context: StatementContext,
    statement: S,
    onStage: StageListener | undefined,
    argument: (session: Session) => Promise<ArgumentResult & { point: bigint }>,
  ): Promise<ProofResult<S>> {
    const proved = await this.#prove(context, statement, onStage, async (session) => {
      const argued = await argument(session);
      statement.point = argued.point;
      return argued;
    });
    return { ...proved, statement };
  }

  #commit(oracle: () => Oracle): Promise<Commitment> {
    return this.#exclusive(() => commit(this.backend, oracle()));
  }

  /** Proofs share one stack of memory: they must not overlap. */
  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw new Error('this prover is busy with another proof');
    this.#busy = true;
    const mark = this.backend.kernels.mark();
    try {
      return await work();
    } finally {
      this.backend.kernels.release(mark);
      this.#busy = false;
    }
  }
}

/** What is public of a shard. */
function shapeOf({ inputs, outputs, rows, kind }: Shard): ShardShape {
  return { inputs, outputs, rows, kind };
}
