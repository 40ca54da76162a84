import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { InputError } from '../../../errors/InputError.ts';
import { show } from '../../json.ts';
import type { MappingOptions } from '../mapping.ts';
import type { Norm } from '../norm.ts';
import { hashFiles, type MappedSource, type SourceFile } from '../source.ts';
import { type OnnxTensor, readOnnxFile } from './onnxFile.ts';
import { followGraph } from './onnxGraph.ts';
import { floatTensor } from './onnxTensor.ts';
import type { OnnxLayer, OnnxNorm } from './onnxWalk.ts';

/**
 * Whether files are read as ONNX: when one is named `*.onnx`, or a single file is named neither `*.safetensors` nor
 * `*.json` and begins as one. ONNX has no signature, but its writers begin with the field `ir_version`, byte 8; as the
 * header length of a safetensors file that would be followed by the `{` of the header.
 */
export function isOnnx(files: readonly SourceFile[]): boolean {
  if (files.some(isNamed)) return true;
  if (files.length !== 1) return false;
  const [{ name, bytes }] = files;
  return !/\.(safetensors|json)$/i.test(name) && bytes[0] === 8 && bytes[8] !== 0x7b;
}

function isNamed({ name }: SourceFile): boolean {
  return /\.onnx$/i.test(name);
}

/**
 * Finds the layers of a network in an ONNX graph, which states all that a mapping would.
 * @param files the model, and the files in which it keeps values, if it does
 * @throws InputError when the graph is no network of ReLU layers, a file is missing or too many, or a mapping is given;
 * FileFormatError when it is damaged
 */
export function readOnnx(files: readonly SourceFile[], options: MappingOptions): MappedSource {
  if (options.layers !== undefined || options.orientation !== undefined) {
    throw new InputError('An ONNX graph states its layers and their orientation.', {
      hint: 'Leave out --layers and --orientation.',
    });
  }
  if (options.norms !== undefined) {
    throw new InputError('An ONNX graph states where its normalisations stand, and their epsilon.', {
      hint: 'Leave out --batch-norm and --epsilon.',
    });
  }
  if (options.network !== undefined) {
    throw new InputError('An ONNX graph states its architecture.', { hint: 'Leave out --architecture.' });
  }
  const models = files.length === 1 ? files : files.filter(isNamed);
  if (models.length !== 1) throw new InputError(`A network is one ONNX file, not ${models.length}.`);
  const data = new Map(files.filter((file) => file !== models[0]).map(({ name, bytes }) => [name, bytes]));
  if (data.size !== files.length - 1) throw new InputError('Two files have the same name.');
  const model = readOnnxFile(models[0].bytes);
  const { layers, head, leftOut, dropped, dequantised } = followGraph(model);
  const tensors = new Map(layers.flatMap(tensorsOf).map((t) => [t.name, t]));
  const locations = new Set(
    [...model.graph.initializers, ...tensors.values()].flatMap(({ external }) =>
      external.filter(({ key }) => key === 'location').map(({ value }) => value),
    ),
  );
  for (const name of data.keys()) {
    if (!locations.has(name)) throw new InputError(`The ONNX model keeps no values in the file ${show(name)}.`);
  }
  const read = new Set(model.graph.nodes.flatMap(({ inputs }) => inputs));
  return {
    mapping: layers.map(({ weight, bias, before, after, ...layer }) => ({
      ...layer,
      weight: weight.name,
      bias: bias?.name,
      before: before.map(named),
      after: after.map(named),
    })),
    tensorOf: (name) => {
      const tensor = tensors.get(name);
      if (!tensor) throw new FileFormatError(`The tensor ${show(name)} is missing.`);
      return floatTensor(tensor, data);
    },
    unused: model.graph.initializers.map(({ name }) => name).filter((name) => !read.has(name)),
    head,
    leftOut,
    dropped,
    dequantised,
    architecture: undefined,
    statesGraph: true,
    ...hashFiles(files),
  };
}

function tensorsOf({ weight, bias, before, after }: OnnxLayer): OnnxTensor[] {
  const norms = [...before, ...after].flatMap(({ weight: w, bias: b, mean, variance }) =>
    [w, b, mean, variance].filter((tensor) => tensor !== undefined),
  );
  return [weight, ...(bias ? [bias] : []), ...norms];
}

function named({ node, size, weight, bias, mean, variance, epsilon }: OnnxNorm): Norm {
  const parts = { weight: weight?.name, bias: bias?.name, mean: mean?.name, variance: variance?.name };
  return { name: node, size, ...parts, epsilon };
}
