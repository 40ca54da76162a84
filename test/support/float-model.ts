import FeedForwardNeuralNetwork from 'ml-fnn';
import { type Tensor, writeTensors } from '../../src/model/safetensors.ts';
import { random } from '../training/helpers.ts';

export interface FloatTraining {
  /** Passes over all rows; the library takes all of them in one step. */
  iterations?: number;
  /** On the sum of the gradients of all rows divided by their number. */
  learningRate?: number;
  /** Of the initial weights. */
  seed?: number;
}

/**
 * Trains a float network on classes with ml-fnn: ReLU layers, softmax and cross-entropy, plain gradient descent. None of
 * our code takes part but the drawing of the initial weights (the library's own are all positive) and the writing of the
 * file. (ml-fnn 5.0.0 replaces the activation by tanh in its constructor and takes the slope of its ReLU as 1
 * everywhere; loading a model avoids the first, the second only makes it learn more slowly.)
 * @param rows features
 * @param labels 0..n_L - 1, each at least once
 * @param widths n_0..n_L, at least one hidden layer
 * @returns a safetensors file as PyTorch would name its tensors: `0.weight` [out, in] and `0.bias` in F32, then 2, 4, ..;
 * and the classes that the library itself predicts for rows
 */
export function trainFloatModel(
  rows: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  widths: readonly number[],
  { iterations = 100, learningRate = 0.5, seed = 1 }: FloatTraining = {},
): { file: Uint8Array<ArrayBuffer>; predict: (rows: readonly ArrayLike<number>[]) => number[] } {
  const next = random(seed);
  const regularization = 1e-6;
  const epsilon = learningRate / rows.length;
  const network = FeedForwardNeuralNetwork.load({
    model: 'FNN',
    hiddenLayers: widths.slice(1, -1),
    iterations,
    learningRate: epsilon,
    regularization,
    activation: 'relu',
    layers: widths.slice(1).map((outputSize, l) => ({
      model: 'Layer',
      inputSize: widths[l],
      outputSize,
      regularization,
      epsilon,
      activation: 'relu',
      W: Array.from({ length: widths[l] }, () =>
        Array.from({ length: outputSize }, () => ((next() - 0.5) * 2) / Math.sqrt(widths[l])),
      ),
      b: [Array(outputSize).fill(0)],
    })),
  });
  const classes = Array.from(labels);
  network.train([...rows], classes);
  // The library numbers its outputs by the first appearance of a label.
  const order = [...new Set(classes)];
  const tensors = new Map<string, Tensor>();
  network.toJSON().layers.forEach(({ W, b, inputSize, outputSize }, l) => {
    const last = l === widths.length - 2;
    const unit = (i: number) => (last ? order.indexOf(i) : i);
    const weight = Float32Array.from(
      { length: outputSize * inputSize },
      (_, k) => rowOf(W, k % inputSize)[unit(Math.floor(k / inputSize))],
    );
    const bias = Float32Array.from({ length: outputSize }, (_, i) => rowOf(b, 0)[unit(i)]);
    tensors.set(`${2 * l}.weight`, {
      dtype: 'F32',
      shape: [outputSize, inputSize],
      data: new Uint8Array(weight.buffer),
    });
    tensors.set(`${2 * l}.bias`, { dtype: 'F32', shape: [outputSize], data: new Uint8Array(bias.buffer) });
  });
  return {
    file: writeTensors({ tensors, metadata: new Map([['format', 'pt']]) }),
    predict: (others) => network.predict([...others]),
  };
}

/** ml-matrix keeps a matrix as an object with its rows in `data`. */
function rowOf(matrix: ArrayLike<number>[] | { data: ArrayLike<number>[] }, row: number): ArrayLike<number> {
  return 'data' in matrix ? matrix.data[row] : matrix[row];
}
