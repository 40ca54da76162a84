import { type Edge, parseEdge } from '../../src/registry/edge.ts';
import { type EdgeRun, isRun, parseRun } from '../../src/registry/edgeRun.ts';

/** An edge file, or the file of a run of training edges. */
export interface ReadFile {
  /** of a run the last one: its model is what the run is about */
  edge: Edge;
  run?: EdgeRun;
}

/** @throws FileFormatError naming what is wrong with it */
export function readFile(text: string): ReadFile {
  if (!isRun(text)) return { edge: parseEdge(text) };
  const run = parseRun(text);
  return { edge: run.edges[run.edges.length - 1], run };
}
