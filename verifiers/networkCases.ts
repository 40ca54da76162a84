// The honest runs of convolutional programs that the verifier in Python is tried on. What is stated follows the protocol, not the registry.
import { keccak256, toHex } from 'viem';
import { NUMBERING } from '../src/generated/numbering.ts';
import { countsAt, countsBytes } from '../src/model/measures.ts';
import { mergeWeights, packCoefficients } from '../src/model/merge.ts';
import { encodeNetwork, formatNetwork, type Network, networkLayoutWords, parseNetwork } from '../src/model/network.ts';
import { encodeSegment, encodeShard } from '../src/model/shape.ts';
import { proveImport } from '../src/programs/import.ts';
import { proveMerge } from '../src/programs/merge.ts';
import { proveScore } from '../src/programs/score/score.ts';
import { proveSeed } from '../src/programs/seed.ts';
import { proveTrain } from '../src/programs/train/train.ts';
import { forwardTrace } from '../src/training/forward.ts';
import { networkFromSeedTrace, seedTrace } from '../src/training/seed.ts';
import { trainSegment } from '../src/training/trainer.ts';
import { randomSource } from '../test/support/models.ts';
import {
  NETWORK_CASES,
  type NetworkCase,
  nameOf,
  networkCase,
  randomNetworkWeights,
} from '../test/training/networkCases.ts';
import type { Case, Stated } from './run.ts';

const IDS = { convSeed: 7, convTrain: 8, convImport: 9, convMerge: 10, convScore: 11 };
const SOURCE = 2n ** 255n + 3n; // words that only contracts read may be r or more

const shapeOf = (network: Network) => [encodeNetwork(network), ...networkLayoutWords(network)];

/** What is stated by a program without late parameters. */
function stated(program: keyof typeof IDS, own: Omit<Stated, 'program' | 'id' | 'late' | 'opensTables'>): Stated {
  return { program, id: IDS[program], late: () => [], opensTables: 'tables' in NUMBERING[program].oracles, ...own };
}

function seed(network: Network): Case {
  return {
    name: `convSeed-${formatNetwork(network)}`,
    make: async (commit) => {
      const drawn = 2n ** 200n + 12345n;
      const trace = seedTrace(network, drawn);
      const weights = networkFromSeedTrace(network, trace, 77n);
      const oracles = [await commit.model(weights)];
      const bound = [...shapeOf(network), drawn];
      return {
        stated: stated('convSeed', { bound, extra: [3n], oracles }),
        argument: (session) => proveSeed(session, weights, drawn, trace.layers),
      };
    },
  };
}

function imported(network: Network): Case {
  return {
    name: `convImport-${formatNetwork(network)}`,
    make: async (commit) => {
      const weights = randomNetworkWeights(network, randomSource(5), 2 ** 48);
      const [bound, oracles] = [shapeOf(network), [await commit.model(weights)]];
      return {
        stated: stated('convImport', { bound, extra: [SOURCE, 0n], oracles }),
        argument: (session) => proveImport(session, weights),
      };
    },
  };
}

function merge(network: Network, count: number): Case {
  return {
    name: `convMerge-${formatNetwork(network)}-${count}`,
    make: async (commit) => {
      const parents = Array.from({ length: count }, (_, k) =>
        randomNetworkWeights(network, randomSource(7 + k), 2 ** 40),
      );
      const coefficients = network.layers.map((_, l) => parents.map((__, i) => 3000 * (i + 1) - 5000 * l));
      const merged = mergeWeights(parents, coefficients, 1234n);
      const oracles = [await commit.model(merged.child)];
      for (const parent of parents) oracles.push(await commit.model(parent));
      while (oracles.length < 9) oracles.push([]);
      const bound = [...shapeOf(network), ...packCoefficients(coefficients, 6)];
      return {
        stated: stated('convMerge', { bound, extra: [], oracles }),
        argument: (session) => proveMerge(session, { parents, coefficients, merge: merged }),
      };
    },
  };
}

const fileName = (own: NetworkCase) => nameOf(own).replaceAll(/[ ,]+/g, '_');

function train(own: NetworkCase): Case {
  return {
    name: `convTrain-${fileName(own)}`,
    make: async (commit) => {
      const { weights: parent, shard } = networkCase(own);
      const { lr, batch, passes = 1, smoothing = 0 } = own;
      const { child, trace } = trainSegment(parent, shard, { lr, batch, passes, smoothing, salt: 5n });
      const oracles = [await commit.model(parent), await commit.model(child), await commit.shard(shard)];
      const bound = [...shapeOf(parent.network), encodeSegment({ lr, batch, passes, smoothing }, shard)];
      const witness = { parent, child, shard, trace, lr, batch, passes, smoothing };
      return {
        stated: stated('convTrain', { bound, extra: [encodeShard(shard)], oracles }),
        argument: (session) => proveTrain(session, witness),
      };
    },
  };
}

function score(own: NetworkCase, k?: number): Case {
  return {
    name: `convScore-${fileName(own)}${k === undefined ? '' : `-${k}`}`,
    make: async (commit) => {
      const { weights: model, shard } = networkCase(own);
      const forward = forwardTrace(model, shard, k);
      const { result, loss, absolute, k: places, top, counts } = forward.measures;
      const oracles = [await commit.model(model), await commit.shard(shard)];
      const bound = [...shapeOf(model.network), encodeShard(shard), result, loss, absolute, BigInt(places), top];
      const data = toHex(countsBytes(counts));
      const extra = [data === '0x' ? 0n : BigInt(keccak256(data))];
      let point = 0n;
      const late = () => [point, countsAt(shard.kind, counts, point)];
      return {
        stated: { ...stated('convScore', { bound, extra, oracles, given: { counts: data } }), late },
        argument: async (session) => {
          const argued = await proveScore(session, { model, shard, forward });
          point = argued.point;
          return argued;
        },
      };
    },
  };
}

const SMALL = parseNetwork('6x6x1-a2-c3k2p1-a2-c2k2p1-4-2', 'softmax');
const DEEP = parseNetwork('5x5x2-c2k2-c2k2-c3k1s2-4-5-2', 'squared error');
const WIDE = parseNetwork('8x8x2-c4k7s2p3-a2-3', 'sigmoid');
const LEAST = parseNetwork('2x2x1-c1k2-1', 'sigmoid');
const DIGITS = parseNetwork('28x28x1-c8k5s2p2-c16k5s2p2-64-10', 'softmax');

/** Made without the curve. */
export const NETWORK_ARGUMENTS: Case[] = [
  seed(LEAST),
  seed(SMALL),
  seed(DEEP),
  seed(DIGITS),
  imported(LEAST),
  imported(WIDE),
  imported(DEEP),
  merge(LEAST, 8),
  merge(SMALL, 2),
  merge(DEEP, 5),
  ...NETWORK_CASES.map(train),
  train({ network: '6x6x1-c2k3-a2-c3k2p1-2', rows: 3, batch: 4, lr: 32, passes: 4, kind: 'regression' }),
  train({ network: '16x16x3-c8k5s2p2-a2-c6k3p1-12-10', rows: 30, batch: 8, lr: 32, head: 'softmax', smoothing: 9 }),
  ...NETWORK_CASES.map((own) => score(own)),
  score({ network: '6x6x2-c3k3s2p1-33', rows: 9, batch: 1, lr: 1, head: 'softmax' }),
  score({ network: '4x4x1-c3k2p1-8', rows: 16, batch: 1, lr: 1, kind: 'labels', head: 'sigmoid' }, 3),
  score({ network: '28x28x1-c8k5s2p2-c16k5s2p2-64-10', rows: 10, batch: 1, lr: 1, head: 'softmax' }, 5),
];

/** Proved with Groth16 and opened; the first is made by default. */
export const NETWORK_PROOFS: Case[] = [
  train({ network: '6x6x1-a2-c3k2p1-a2-c2k2p1-4-2', rows: 5, batch: 2, lr: 32, head: 'softmax', smoothing: 3 }),
  train({ network: '28x28x1-c8k5s2p2-c16k5s2p2-64-10', rows: 64, batch: 16, lr: 16, head: 'softmax' }),
  score({ network: '6x6x1-a2-c3k2p1-a2-c2k2p1-4-2', rows: 5, batch: 1, lr: 1, head: 'softmax' }),
  seed(SMALL),
  imported(WIDE),
  merge(DEEP, 3),
];
