/** What this project uses of ml-fnn, which has no types of its own. */
declare module 'ml-fnn' {
  interface LayerJson {
    model: 'Layer' | 'OutputLayer';
    inputSize: number;
    outputSize: number;
    regularization: number;
    epsilon: number;
    activation: string;
    /** [inputs][outputs]; rows are Float64Array after training. */
    W: ArrayLike<number>[];
    /** One row. */
    b: ArrayLike<number>[];
  }

  export default class FeedForwardNeuralNetwork {
    static load(model: {
      model: 'FNN';
      hiddenLayers: number[];
      iterations: number;
      learningRate: number;
      regularization: number;
      activation: string;
      layers: LayerJson[];
    }): FeedForwardNeuralNetwork;
    iterations: number;
    train(features: ArrayLike<number>[], labels: number[]): void;
    predict(features: ArrayLike<number>[]): number[];
    toJSON(): { layers: LayerJson[] };
  }
}
