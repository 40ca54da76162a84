import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { show } from '../../json.ts';
import { labelOf, operatorOf, type PlacedNode } from './onnxNode.ts';

/** Greatest numbers of inputs and outputs of an operator, and its attributes, in any version that is read. */
type Signature = [inputs: number, outputs: number, ...attributes: string[]];

const LINEAR = ['multi_class', 'post_transform'];

const SIGNATURES: Record<string, Signature> = {
  Add: [2, 1],
  AveragePool: [
    1,
    1,
    ...['auto_pad', 'ceil_mode', 'count_include_pad', 'dilations', 'kernel_shape', 'pads', 'strides', 'storage_order'],
  ],
  Conv: [3, 1, 'auto_pad', 'dilations', 'group', 'kernel_shape', 'pads', 'strides'],
  GlobalAveragePool: [1, 1],
  ReduceMean: [2, 1, 'axes', 'keepdims', 'noop_with_empty_axes'],
  Unsqueeze: [2, 1, 'axes'],
  ArgMax: [1, 1, 'axis', 'keepdims', 'select_last_index'],
  BatchNormalization: [5, 5, 'epsilon', 'momentum', 'training_mode'],
  Concat: [64, 1, 'axis'],
  ConstantOfShape: [1, 1, 'value'],
  Cast: [1, 1, 'to', 'saturate', 'round_mode'],
  Constant: [0, 1, 'value', 'value_int', 'value_ints'],
  DequantizeLinear: [3, 1, 'axis', 'block_size', 'output_dtype'],
  Div: [2, 1],
  Dropout: [3, 2, 'ratio', 'seed'],
  Flatten: [1, 1, 'axis'],
  Gather: [2, 1, 'axis'],
  Gemm: [3, 1, 'alpha', 'beta', 'transA', 'transB'],
  Identity: [1, 1],
  LogSoftmax: [1, 1, 'axis'],
  MatMul: [2, 1],
  Mul: [2, 1],
  Pad: [4, 1, 'mode', 'pads', 'value'],
  Relu: [1, 1],
  Reshape: [2, 1, 'allowzero'],
  Sigmoid: [1, 1],
  Shape: [1, 1, 'start', 'end'],
  Slice: [5, 1, 'starts', 'ends', 'axes'],
  Softmax: [1, 1, 'axis'],
  Squeeze: [2, 1, 'axes'],
  Sub: [2, 1],
  Transpose: [1, 1, 'perm'],
  'ai.onnx.ml.ArrayFeatureExtractor': [2, 1],
  'ai.onnx.ml.Binarizer': [1, 1, 'threshold'],
  'ai.onnx.ml.LinearClassifier': [
    1,
    2,
    ...['classlabels_ints', 'classlabels_strings', 'coefficients', 'intercepts'],
    ...LINEAR,
  ],
  'ai.onnx.ml.Normalizer': [1, 1, 'norm'],
  'ai.onnx.ml.ZipMap': [1, 1, 'classlabels_int64s', 'classlabels_strings'],
};

/**
 * What a node says beyond what is known of its operator might change its meaning.
 * @throws FileFormatError when an operator that is read has another attribute, or more inputs or outputs
 */
export function checkSignature(node: PlacedNode): void {
  const op = operatorOf(node);
  if (!Object.hasOwn(SIGNATURES, op)) return;
  const [inputs, outputs, ...attributes] = SIGNATURES[op];
  const other = node.attributes.find(({ name }) => !attributes.includes(name));
  if (other) throw new FileFormatError(`${labelOf(node)} has an attribute ${show(other.name)}, which is not known.`);
  if (node.inputs.length > inputs || node.outputs.length > outputs) {
    throw new FileFormatError(
      `${labelOf(node)} has ${node.inputs.length} inputs and ${node.outputs.length} outputs; at most ${inputs} and ${outputs} are known.`,
    );
  }
}
