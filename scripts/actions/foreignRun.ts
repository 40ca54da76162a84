import type { Address, Hex } from 'viem';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { importCapacity } from '../../src/model/capacity.ts';
import { isNetworkWeights, shapeOf } from '../../src/model/networkWeights.ts';
import { schemaHash } from '../../src/model/schema.ts';
import { MAX_FOREIGN_PROOF } from '../../src/registry/foreign.ts';
import { type ForeignEdge, formatForeign } from '../../src/registry/foreignEdge.ts';
import type { ImportStatement } from '../../src/registry/programs/import.ts';
import { circuitOf } from '../../src/registry/programs/list.ts';
import { requireChainId } from '../chain/client.ts';
import { askAdapter } from '../chain/foreignPrograms.ts';
import { isModel } from '../chain/readRegistry.ts';
import { readWeightsFile } from '../files/models.ts';
import { readParsed } from '../files/read.ts';
import { createCommitter } from '../runs/commit.ts';
import { fileId } from '../runs/fileIds.ts';
import { proverSource } from '../runs/openProver.ts';
import type { Destination } from '../runs/programs/runProgram.ts';
import { type ProvedEdge, proveTask } from '../runs/proveRun.ts';
import type { Json, Run } from '../runs/run.ts';
import type { Output } from '../terminal/output.ts';

/** What a run of a foreign child was started with. */
export interface ForeignInputs {
  [key: string]: Json;
  child: { file: string; fileSha256: string };
  foreignProof: { file: string; fileSha256: string };
  /** ids, in the order that the adapter takes */
  parents: Hex[];
}

/** Where a foreign child goes, and the program that vouches for it. */
export interface ForeignDestination {
  where: Destination;
  program: number;
  adapter: Address;
}

/** What a file of a foreign proof holds: where that is 0x and hexadecimal digits their bytes, else all of it. @throws FileFormatError */
export function parseForeignProof(bytes: Uint8Array): Hex {
  const text = Buffer.from(bytes).toString('latin1').trim();
  const proof = text.startsWith('0x') ? text.toLowerCase() : `0x${Buffer.from(bytes).toString('hex')}`;
  if (!/^0x([0-9a-f]{2})*$/.test(proof)) {
    throw new FileFormatError('The foreign proof begins with 0x and does not go on with whole bytes in hexadecimal.', {
      hint: 'Give it as 0x and two digits for each byte, or as bytes.',
    });
  }
  const length = proof.length / 2 - 1;
  if (length <= MAX_FOREIGN_PROOF) return proof as Hex;
  throw new FileFormatError(`The foreign proof has ${length} bytes; at most ${MAX_FOREIGN_PROOF} are taken.`);
}

/**
 * Proves the range of a foreign child and writes `foreign.edge.json`, after the chain was asked for all that would make it refuse:
 * parents, the child, and the adapter for its verdict. What is proved already is not proved again.
 * @throws InputError for an unregistered parent or a child that is there; DescentError (proof) ForeignProofRejected where the adapter
 * refuses, (chain) where no node answers; CapacityError for a shape that no circuit takes
 */
export async function proveForeign(run: Run, destination: ForeignDestination, output: Output): Promise<ProvedEdge> {
  const { where, program } = destination;
  const { child: file, foreignProof: proofFile, parents } = run.inputs as ForeignInputs;
  const { chainId, registry, trainer } = where;
  const context = { chainId, registry, trainer };
  const weights = readWeightsFile(file.file, file.fileSha256);
  importCapacity(shapeOf(weights));
  const foreignProof = readParsed(proofFile.file, parseForeignProof, proofFile.fileSha256);
  const child = await childId(run, file, output);
  output.progress.stage('ask the chain and the adapter');
  await requireChainId(where.chain);
  const stage = `prove foreign ${program} for ${chainId} ${registry} ${trainer}`;
  if (!run.isDone(stage)) {
    await requireParents(destination, parents, child);
    await askAdapter(where.chain, context, { program, parents, foreignProof, child });
  }
  const circuit = circuitOf('import', isNetworkWeights(weights));
  const { source: handleFor, close } = proverSource();
  try {
    return await run.stage(stage, async (put) => {
      output.progress.stage('load keys');
      const handle = await handleFor(circuit);
      const facts = { source: child, schema: schemaHash(weights.schema) };
      const { statement, proof, stages } = await proveTask(
        {
          name: 'foreign',
          program: 'import',
          circuit,
          prove: (prover, onStage) => prover.proveImport(context, weights, facts, onStage),
        },
        handle,
        context,
        output,
      );
      const { identity } = handle.keys[circuit]!;
      const range = {
        context,
        statement: statement as ImportStatement,
        proof,
        ...identity,
        metadata: { name: run.name },
      };
      const edge: ForeignEdge = { range, program, parents, foreignProof };
      put('edge', 'foreign.edge.json', formatForeign(edge));
      const seconds = stages.reduce((sum, one) => sum + one.seconds, 0);
      return {
        file: 'foreign.edge.json',
        id: child,
        seconds,
        stages: stages.map(({ name, seconds }) => ({ name, seconds })),
      };
    });
  } finally {
    output.progress.done();
    await close();
  }
}

function childId(run: Run, { file, fileSha256 }: ForeignInputs['child'], output: Output): Promise<Hex> {
  output.progress.stage('commit to the child');
  return fileId(run, fileSha256, async () => {
    const committer = createCommitter();
    try {
      return await committer.model(readWeightsFile(file, fileSha256));
    } finally {
      await committer.close();
    }
  });
}

async function requireParents({ where }: ForeignDestination, parents: readonly Hex[], child: Hex): Promise<void> {
  const { chain, registry } = where;
  for (const parent of parents) {
    if (await isModel(chain, registry, parent)) continue;
    throw new InputError(`The parent ${parent} is not registered at ${registry}.`, {
      hint: 'Submit its edge first, or name another parent.',
    });
  }
  if (!(await isModel(chain, registry, child))) return;
  throw new InputError(`The child ${child} is registered already.`, {
    hint: 'The same weights with another salt are another model.',
  });
}
