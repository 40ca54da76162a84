// A chain of proved train statements that one transaction registers: files `*.run.json`.

import { FileFormatError } from '../errors/FileFormatError.ts';
import { InputError } from '../errors/InputError.ts';
import { type Edge, edgeObject, MAX_EDGE_LENGTH, readEdge, requireFormat } from './edge.ts';
import { JsonReader } from './jsonReader.ts';
import { isSame } from './programs/sizes.ts';
import type { TrainStatement } from './programs/train.ts';

export const RUN_FORMAT = 'descent-run/1';

/** Segments of one run, at most: the gas of a transaction ends before (EIP-7825). */
export const MAX_SEGMENTS = 128;
const MAX_RUN_LENGTH = MAX_SEGMENTS * MAX_EDGE_LENGTH;

/** An edge of program train. */
export interface TrainEdge extends Edge {
  statement: TrainStatement;
}

/** Segments that follow one another: each one's parent is the child of the one before. */
export interface EdgeRun {
  /** at least one, of one trainer, chain, registry, shape and key */
  edges: TrainEdge[];
  /** for each, whether its child becomes a node of its own; the last one always does */
  keep: boolean[];
}

/** The text of a run file. @throws InputError as `checkRun` */
export function formatRun(run: EdgeRun): string {
  checkRun(run);
  const file = { format: RUN_FORMAT, edges: run.edges.map(edgeObject), keep: run.keep };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Whether a text claims to be a run, rather than an edge. */
export function isRun(text: string): boolean {
  try {
    return String(JSON.parse(text)?.format).startsWith('descent-run/');
  } catch {
    return false;
  }
}

/**
 * Reads a run file that anyone may have written. The proofs are not verified here.
 * @throws FileFormatError for anything but a well-formed, consistent file, naming the place
 */
export function parseRun(text: string): EdgeRun {
  if (text.length > MAX_RUN_LENGTH) throw new FileFormatError('The file is too large to be a run.');
  return readRun(JsonReader.parse(text, 'run'));
}

/** The same of a run within another file. @throws FileFormatError as `parseRun` */
export function readRun(file: JsonReader): EdgeRun {
  requireFormat(file, RUN_FORMAT, 'a run');
  file.keys(['format', 'edges', 'keep']);
  const edges = file.at('edges').list(MAX_SEGMENTS).map(readTrainEdge);
  const keep = file
    .at('keep')
    .list(MAX_SEGMENTS)
    .map((flag) => flag.boolean());
  const run = { edges, keep };
  file.guard(() => checkRun(run));
  return run;
}

/** What the chain would refuse whatever the proofs. @throws InputError naming the segment, counted from 1 */
export function checkRun({ edges, keep }: EdgeRun): void {
  if (edges.length === 0 || edges.length > MAX_SEGMENTS)
    throw new InputError(`A run has 1 to ${MAX_SEGMENTS} segments, not ${edges.length}.`);
  if (keep.length !== edges.length)
    throw new InputError(`A run says for each segment whether it is kept: ${edges.length}, not ${keep.length}.`);
  if (!keep[keep.length - 1]) throw new InputError('The last model of a run is always kept.');
  const [first] = edges;
  const models = [first.statement.parent];
  edges.forEach((edge, k) => {
    const other = differenceOf(first, edge);
    if (other !== undefined) throw new InputError(`Segment ${k + 1} of the run has another ${other} than the first.`);
    const { parent, child } = edge.statement;
    if (!isSame(parent, models[k]))
      throw new InputError(`The parent of segment ${k + 1} is not the child of the one before.`);
    if (models.some((model) => isSame(model, child)))
      throw new InputError(`The child of segment ${k + 1} occurs earlier in the run.`);
    models.push(child);
  });
}

function readTrainEdge(file: JsonReader): TrainEdge {
  const edge = readEdge(file);
  if (edge.statement.program !== 'train') return file.at('program').fail('must be train');
  return { ...edge, statement: edge.statement };
}

/** In what two edges differ that must be alike in a run. */
function differenceOf(a: TrainEdge, b: TrainEdge): string | undefined {
  if (a.context.chainId !== b.context.chainId) return 'chain';
  if (a.context.registry !== b.context.registry) return 'registry';
  if (a.context.trainer !== b.context.trainer) return 'trainer';
  if (a.statement.widths.join() !== b.statement.widths.join()) return 'shape';
  if (a.verificationKey !== b.verificationKey || a.devKeys !== b.devKeys) return 'verification key';
  return undefined;
}
