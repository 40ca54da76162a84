import { Oracle } from '../argument/oracle.ts';
import { range } from '../argument/sumcheck.ts';
import { HEADS } from '../model/head.ts';
import { inputLayout } from '../model/inference.ts';
import { layout } from '../model/layout.ts';
import {
  encodeNetwork,
  FAN_BITS,
  NETWORK_LAYERS,
  type Network,
  networkGeometry,
  networkLayout,
  networkLayoutWords,
} from '../model/network.ts';
import { type AnyWeights, isNetworkWeights } from '../model/networkWeights.ts';
import { chunkSalt } from '../model/salt.ts';
import { encodeShape, type ModelShape, modelLayout, shardLayout } from '../model/shape.ts';
import type { Shard } from '../model/shard.ts';
import { bitsOf } from '../numbers/bits.ts';
import { LIMB_BITS, MAX_LAYERS, MODEL_BITS } from '../numbers/constants.ts';
import { functionTable, TABLE_NAMES } from '../training/tables.ts';
import { type CircuitInputs, offsetBits } from './common.ts';

/** The model oracle: W_l, b_l, with a salt behind every chunk (protocol section 1). */
export function modelOracle(weights: AnyWeights): Oracle {
  const oracle = new Oracle(isNetworkWeights(weights) ? networkLayout(weights.network) : modelLayout(weights.widths));
  weights.layers.forEach(({ W, b }, i) => {
    oracle.put(`W${i + 1}`, W);
    oracle.put(`b${i + 1}`, b);
  });
  return salted(oracle, weights.salt);
}

/** The shard oracle: X, Y, salted as a model. */
export function shardOracle(shard: Shard): Oracle {
  const oracle = new Oracle(shardLayout(shard));
  oracle.put('X', shard.X);
  oracle.put('Y', shard.Y);
  return salted(oracle, shard.salt);
}

/** The rows of an inference (protocol section 13): a registered shard, or X alone. */
export function inputOracle(shard: Shard, isRegistered: boolean): Oracle {
  if (isRegistered) return shardOracle(shard);
  const oracle = new Oracle(inputLayout(shard.inputs, shard.rows));
  oracle.put('X', shard.X);
  return salted(oracle, shard.salt);
}

/** Its outputs, padded with zeros. */
export function outputOracle(O: Int32Array, salt: bigint): Oracle {
  const oracle = new Oracle(layout([{ name: 'O', log2: Math.log2(O.length) }]));
  oracle.put('O', O);
  return salted(oracle, salt);
}

let tables: Oracle | undefined;

/** The functions of the heads, a vector that is fixed for ever (protocol section 1): EXP, SIG, LOSS. */
export function tablesOracle(): Oracle {
  if (tables === undefined) {
    tables = new Oracle(layout(TABLE_NAMES.map((name) => ({ name, log2: LIMB_BITS }))));
    for (const name of TABLE_NAMES) tables.put(name, functionTable(name));
  }
  return tables;
}

/** The zero vector that stands for an absent parent of a merge: it has no points. */
export function absentOracle(): Oracle {
  return new Oracle({ slots: {}, used: 0 });
}

function salted(oracle: Oracle, salt: bigint): Oracle {
  oracle.tails.forEach((tail, chunk) => {
    tail.push({ at: 0, value: chunkSalt(salt, chunk) });
  });
  return oracle;
}

/** Slot names W, b of the circuit's layers 1..count (right-aligned); absent layers get a name that no slot has. */
function layerNames(own: number, count: number): string[] {
  return range(1 - (count - own), count).flatMap((l) => (l >= 1 ? [`W${l}`, `b${l}`] : ['absent', 'absent']));
}

/** What a program says of a model: its parameters as signals, in order, and the circuit's inputs. */
export function modelInputs(model: AnyWeights, oracle: Oracle): { parameters: bigint[]; inputs: CircuitInputs } {
  const layers = model.layers.length;
  if (isNetworkWeights(model)) {
    const [shape, layout] = [encodeNetwork(model.network), networkLayoutWords(model.network)];
    const offsets = offsetBits(oracle, layerNames(layers, NETWORK_LAYERS), MODEL_BITS);
    return { parameters: [shape, ...layout], inputs: { shape, layout, ...networkParameters(model.network), offsets } };
  }
  const shape = encodeShape(model);
  const modelOffset = offsetBits(oracle, layerNames(layers, MAX_LAYERS), MODEL_BITS);
  return { parameters: [shape], inputs: { shape, ...modelParameters(model), modelOffset } };
}

/** Circuit inputs of the fields of a network's shape (protocol section 12). */
function networkParameters(network: Network): CircuitInputs {
  const geometry = networkGeometry(network);
  const layers = geometry.slice(1);
  const number = HEADS.indexOf(network.head);
  return {
    channels1: geometry.map(({ channels }) => BigInt(channels - 1)),
    sides1: geometry.map(({ side }) => BigInt(side - 1)),
    kernels1: layers.map(({ kernel }) => BigInt(kernel - 1)),
    strides1: layers.map(({ stride }) => BigInt(stride - 1)),
    paddings: layers.map(({ padding }) => bitsOf(padding, 2)),
    flat: layers.map(({ flat }) => (flat ? 1n : 0n)),
    pooled: layers.map(({ pooled }) => (pooled ? 1n : 0n)),
    present: layers.slice(0, -1).map(({ present }) => (present ? 1n : 0n)),
    head: bitsOf(number, 2),
    fans: layers.map(({ fan }) => bitsOf(fan, FAN_BITS)),
  };
}

/** Circuit inputs `widths1`, `present` and `head` of a shape (design 11.1). */
function modelParameters({ widths, head }: ModelShape): Record<'widths1' | 'present' | 'head', bigint[]> {
  const number = HEADS.indexOf(head);
  const absent = MAX_LAYERS - (widths.length - 1);
  return {
    widths1: range(0, MAX_LAYERS + 1).map((l) => BigInt(widths[Math.max(0, l - absent)] - 1)),
    present: range(1, MAX_LAYERS - 1).map((l) => (l > absent ? 1n : 0n)),
    head: bitsOf(number, 2),
  };
}
