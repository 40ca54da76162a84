import { type Hex, sha256 } from 'viem';
import { FileFormatError } from '../../errors/FileFormatError.ts';
import { InputError } from '../../errors/InputError.ts';
import type { Head } from '../head.ts';
import { asObject, parseJson, show } from '../json.ts';
import { isPlainFileName } from '../manifest.ts';
import { readTensors, type Tensor } from '../safetensors.ts';
import type { MappedLayer } from './mapping.ts';

export interface SourceFile {
  /** Without folders. */
  name: string;
  bytes: Uint8Array;
}

/** What identifies the file or files of a model. */
export interface SourceHash {
  /**
   * One file: its SHA-256. Several: SHA-256 of the 32-byte SHA-256 hashes of the files, joined in the order of their
   * names (by code unit). The index of safetensors files is not hashed: it says nothing that the files do not.
   */
  sha256: Hex;
  /** In the order of their names. */
  files: { name: string; sha256: Hex }[];
}

/** The tensors of a model's file or files, and what identifies them. */
export interface TensorSource extends SourceHash {
  tensors: Map<string, Tensor>;
  /** Of one file; of several, nothing. */
  metadata: ReadonlyMap<string, string>;
}

/** The layers of a network in its file or files, before any value is decoded. */
export interface MappedSource extends SourceHash {
  mapping: MappedLayer[];
  /** The tensor that `mapping` names. */
  tensorOf: (name: string) => Tensor;
  /** Tensors that are no part of the network. */
  unused: string[];
  /** The head that a graph ends with, and the operator that says so; undefined where nothing is said. */
  head: { head: Head; by: string } | undefined;
  /** Operators at the end of a graph that were left out, as they change no decision between classes. */
  leftOut: string[];
  /** Operators of a graph that change no row, in its order: Dropout, Identity, Flatten and the like. */
  dropped: string[];
  /** Weights and biases that a graph makes of quantised ones: read as the floats they stand for. */
  dequantised: string[];
  /** The convolutional network that the metadata of a state dict name, as Descent writes them. */
  architecture: string | undefined;
  /** Whether the file states order and activations; a state dict holds nothing but tensors. */
  statesGraph: boolean;
}

/** An index lists the tensors of a model, a few hundred bytes each. */
const MAX_INDEX_BYTES = 1 << 20;
const MAX_FILES = 1000;

/**
 * Reads one safetensors file, or the files of a sharded model with its `*.index.json` (as `model.safetensors.index.json`
 * of Hugging Face). An index must name exactly the given files and exactly their tensors.
 * @throws InputError when files are missing or too many; FileFormatError when one is damaged or they contradict
 */
export function readSource(files: readonly SourceFile[]): TensorSource {
  const indexes = files.filter(({ name }) => name.endsWith('.json'));
  const parts = files.filter(({ name }) => !name.endsWith('.json'));
  if (indexes.length === 0 && parts.length === 1) return readParts(parts);
  if (indexes.length !== 1) {
    throw new InputError(`A model is one safetensors file, or several and one index, not ${files.length} files.`, {
      hint: 'Give model.safetensors.index.json and all files that it names.',
    });
  }
  const index = readIndex(indexes[0].bytes);
  checkFiles(new Set(index.values()), parts);
  const source = readParts(parts);
  for (const name of source.tensors.keys()) {
    if (!index.has(name)) throw new FileFormatError(`The index does not name the tensor ${show(name)}.`);
  }
  for (const { name, bytes } of parts) {
    for (const tensor of readTensors(bytes).tensors.keys()) {
      if (index.get(tensor) !== name) {
        throw new FileFormatError(
          `The tensor ${show(tensor)} is in ${name}; the index says ${show(index.get(tensor))}.`,
        );
      }
    }
  }
  for (const [tensor, file] of index) {
    if (!source.tensors.has(tensor)) throw new FileFormatError(`The tensor ${show(tensor)} is not in ${file}.`);
  }
  return source;
}

function readParts(parts: readonly SourceFile[]): TensorSource {
  const tensors = new Map<string, Tensor>();
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const { name, bytes } of parts.toSorted((x, y) => (x.name < y.name ? -1 : 1))) {
    const file = readTensors(bytes);
    if (parts.length === 1) metadata = file.metadata;
    for (const [key, tensor] of file.tensors) {
      if (tensors.has(key)) throw new FileFormatError(`The tensor ${show(key)} of ${name} is in another file too.`);
      tensors.set(key, tensor);
    }
  }
  return { tensors, metadata, ...hashFiles(parts) };
}

/** @param parts at least one, of different names */
export function hashFiles(parts: readonly SourceFile[]): SourceHash {
  const sorted = parts.toSorted((x, y) => (x.name < y.name ? -1 : 1));
  const files = sorted.map(({ name, bytes }) => ({ name, sha256: sha256(bytes) }));
  const hash = files.length === 1 ? files[0].sha256 : sha256(`0x${files.map((file) => file.sha256.slice(2)).join('')}`);
  return { sha256: hash, files };
}

/** Tensor -> file. */
function readIndex(bytes: Uint8Array): Map<string, string> {
  const index = asObject(parseJson(bytes, 'The index', MAX_INDEX_BYTES), 'The index');
  const map = new Map<string, string>();
  for (const [tensor, file] of Object.entries(asObject(index.weight_map, 'weight_map of the index'))) {
    if (!isPlainFileName(file)) {
      throw new FileFormatError(`The index puts ${show(tensor)} into ${show(file)}, which is not a plain file name.`);
    }
    map.set(tensor, file);
  }
  if (map.size === 0) throw new FileFormatError('The index names no tensor.');
  return map;
}

function checkFiles(named: Set<string>, parts: readonly SourceFile[]): void {
  if (named.size > MAX_FILES) throw new FileFormatError(`The index names ${named.size} files; at most ${MAX_FILES}.`);
  const given = new Set(parts.map(({ name }) => name));
  if (given.size !== parts.length) throw new InputError('Two files have the same name.');
  for (const name of named) if (!given.has(name)) throw new InputError(`The file ${name} of the index is missing.`);
  for (const name of given) if (!named.has(name)) throw new InputError(`The index does not name the file ${name}.`);
}
