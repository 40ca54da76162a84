import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { type AnyShape, formatShape } from '../../src/model/anyShape.ts';
import { type AnyWeights, shapeOf } from '../../src/model/networkWeights.ts';
import type { Shard } from '../../src/model/shard.ts';
import { readShard } from '../../src/model/shardFile.ts';
import { readModel } from '../../src/model/weightsFile.ts';
import { type Edge, parseEdge } from '../../src/registry/edge.ts';
import { type EdgeRun, isRun, parseRun } from '../../src/registry/edgeRun.ts';
import {
  type ForeignEdge,
  isForeign,
  isSignedForeign,
  parseForeign,
  parseSignedForeign,
  type SignedForeign,
} from '../../src/registry/foreignEdge.ts';
import { readParsed } from './read.ts';

/** A model of either kind. @param hash SHA-256 that the file must have, if any. @throws InputError, FileFormatError naming the file */
export function readWeightsFile(path: string, hash?: string): AnyWeights {
  return readParsed(path, readModel, hash);
}

/** @param hash SHA-256 that the file must have, if any. @throws InputError, FileFormatError naming the file */
export function readShardFile(path: string, hash?: string): Shard {
  return readParsed(path, readShard, hash);
}

/** The shape of a model in words, with its head. */
export function labelOf(weights: AnyWeights): string {
  return modelLabel(shapeOf(weights));
}

/** 49-32-10, or 49-32-10 softmax: squared error goes without saying. */
export function modelLabel(shape: AnyShape): string {
  return `${formatShape(shape)}${shape.head === 'squared error' ? '' : ` ${shape.head}`}`;
}

/** @throws InputError, FileFormatError naming the file */
export function readEdgeFile(path: string): Edge {
  return readParsed(path, (bytes) => parseEdge(textOf(bytes)));
}

/** An edge file, the file of a run of training edges, or that of a foreign child, signed or not. @throws InputError, FileFormatError naming the file */
export function readProved(path: string): Edge | EdgeRun | ForeignEdge | SignedForeign {
  return readParsed(path, (bytes) => {
    const text = textOf(bytes);
    if (isForeign(text)) return parseForeign(text);
    if (isSignedForeign(text)) return parseSignedForeign(text);
    return isRun(text) ? parseRun(text) : parseEdge(text);
  });
}

function textOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  if (/^\s*\{/.test(text)) return text;
  throw new FileFormatError('This is no edge file.', {
    hint: 'Edge files end in .edge.json, those of runs in .run.json. descent show tells what a file of weights or rows holds.',
  });
}
