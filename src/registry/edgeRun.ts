// A chain of proved train statements that one transaction registers: files `*.run.json`.

import { FileFormatError } from '../errors/FileFormatError.ts';
import { InputError } from '../errors/InputError.ts';
import { type Edge, type EdgeTransaction, edgeObject, MAX_EDGE_LENGTH, readEdge, requireFormat } from './edge.ts';
import { JsonReader } from './jsonReader.ts';
import type { TrainStatement } from './programs/train.ts';
import { checkChain, MAX_SEGMENTS, type ProvedChain, trainManyCall } from './programs/trainMany.ts';

export const RUN_FORMAT = 'descent-run/1';
/** Greatest size of a run file, in characters. */
export const MAX_RUN_LENGTH = MAX_SEGMENTS * MAX_EDGE_LENGTH;

/** An edge of program train. */
export interface TrainEdge extends Edge {
  statement: TrainStatement;
}

/** Whether an edge can be a segment of a run. */
export function isTrainEdge(edge: Edge): edge is TrainEdge {
  return edge.statement.program === 'train';
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
  return `${JSON.stringify(runObject(run), null, 2)}\n`;
}

/** What a run file says, as an object of JSON. @throws InputError as `checkRun` */
export function runObject(run: EdgeRun): Record<string, unknown> {
  checkRun(run);
  return { format: RUN_FORMAT, edges: run.edges.map(edgeObject), keep: run.keep };
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
export function checkRun(run: EdgeRun): void {
  checkChain(chainOf(run));
  const [first] = run.edges;
  run.edges.forEach((edge, k) => {
    const other = differenceOf(first, edge);
    if (other !== undefined) throw new InputError(`Segment ${k + 1} of the run has another ${other} than the first.`);
  });
}

/** What to send to the chain. @throws InputError as `checkRun` */
export function runTransaction(run: EdgeRun): EdgeTransaction {
  checkRun(run);
  const { chainId, trainer: from, registry: to } = run.edges[0].context;
  return { chainId, from, to, ...trainManyCall(chainOf(run)) };
}

/** The chain of trainings that a run states, with its proofs. */
export function chainOf({ edges, keep }: EdgeRun): ProvedChain {
  return { statements: edges.map(({ statement }) => statement), keep, proofs: edges.map(({ proof }) => proof) };
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
  if (a.verificationKey !== b.verificationKey || a.devKeys !== b.devKeys) return 'verification key';
  return undefined;
}
