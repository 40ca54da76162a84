import type { Head } from '../../src/model/head.ts';

/** What a network is trained as, for people. */
export const HEAD_NAMES: Record<Head, string> = {
  'squared error': 'Squared error',
  softmax: 'Softmax',
  sigmoid: 'Sigmoid',
};

export const HEAD_MEANINGS: Record<Head, string> = {
  'squared error': 'the outputs are numbers, or the greatest is the class',
  softmax: 'the outputs are probabilities of the classes, one of which is right',
  sigmoid: 'each output is a probability by itself',
};
