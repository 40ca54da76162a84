import { ParquetReader } from '../../scripts/files/parquetReader.ts';
import { parseIdx } from '../../src/model/idx.ts';
import { readAnyFloatModel } from '../../src/model/import/floatModel.ts';
import { quantiseModel } from '../../src/model/import/quantise.ts';
import { readSource } from '../../src/model/import/source.ts';
import { parseManifest } from '../../src/model/manifest.ts';
import { readTensors } from '../../src/model/safetensors.ts';
import { readShard } from '../../src/model/shardFile.ts';
import { readCsv } from '../../src/model/tables/csv.ts';
import { readNumpyFile } from '../../src/model/tables/numpyFile.ts';
import { readModel } from '../../src/model/weightsFile.ts';
import { parseEdge } from '../../src/registry/edge.ts';
import { entry, safetensors } from './files.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A good file for the indexes of the corpus to speak of. */
const PART = { name: 'a.safetensors', bytes: safetensors(`{"0.weight":${entry('F32', [1, 1], 0, 4)}}`, [0, 0, 0, 0]) };

/** As the command line reads Parquet, one process for all files. */
const parquet = new ParquetReader();

/** Everything that reads bytes of strangers, some of it in a promise, by the extension of the corpus files meant for it. */
export const PARSERS = {
  safetensors: readTensors,
  weights: readModel,
  shard: readShard,
  model: (bytes: Uint8Array) => quantiseModel(readAnyFloatModel([{ name: 'model.safetensors', bytes }]).model, 0n),
  onnx: (bytes: Uint8Array) => quantiseModel(readAnyFloatModel([{ name: 'model.onnx', bytes }]).model, 0n),
  index: (bytes: Uint8Array) => readSource([{ name: 'model.safetensors.index.json', bytes }, PART]),
  csv: (bytes: Uint8Array) => readCsv(bytes, { label: 'y' }),
  parquet: (bytes: Uint8Array) => parquet.read(bytes, { label: 'y' }),
  npy: (bytes: Uint8Array) => readNumpyFile(bytes),
  npz: (bytes: Uint8Array) => readNumpyFile(bytes, 'X'),
  idx: parseIdx,
  manifest: (bytes: Uint8Array) => parseManifest(text(bytes)),
  edge: (bytes: Uint8Array) => parseEdge(text(bytes)),
};

export type Parser = keyof typeof PARSERS;
