import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { type Edge, parseEdge } from '../../src/registry/edge.ts';
import { type EdgeRun, isRun, parseRun } from '../../src/registry/edgeRun.ts';
import { isForeign, isSignedForeign } from '../../src/registry/foreignEdge.ts';

/** An edge file, or the file of a run of training edges. */
export interface ReadFile {
  /** of a run the last one: its model is what the run is about */
  edge: Edge;
  run?: EdgeRun;
}

/** @throws FileFormatError naming what is wrong with it; for a foreign child too, which this page does not check */
export function readFile(text: string): ReadFile {
  if (!text.trimStart().startsWith('{')) {
    throw new FileFormatError('Not an edge file.', { hint: 'Edges are files *.edge.json, runs *.run.json.' });
  }
  if (isForeign(text) || isSignedForeign(text)) {
    throw new FileFormatError(
      'This is the file of a foreign child, which a program of another proof system vouches for.',
      {
        hint: 'descent verify checks all of it but that it follows from its parents.',
      },
    );
  }
  if (!isRun(text)) return { edge: parseEdge(text) };
  const run = parseRun(text);
  return { edge: run.edges[run.edges.length - 1], run };
}
