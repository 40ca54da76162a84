// @ts-expect-error: circom_runtime has no types
import { WitnessCalculatorBuilder } from 'circom_runtime';
// @ts-expect-error: snarkjs has no types
import { groth16 } from 'snarkjs';
import type { Curve } from '../../argument/curve.ts';
import type { CircuitInputs, CircuitValue } from '../../programs/common.ts';
import { proveGroth16 } from './prove.ts';
import { type ProvingKey, parseProvingKey } from './provingKey.ts';

/** Compiled circuit and proving key of a program, as bytes. */
export interface CircuitFiles {
  wasm: Uint8Array;
  zkey: Uint8Array;
}

interface WitnessCalculator {
  calculateWTNSBin(inputs: CircuitInputs): Promise<Uint8Array>;
}

/** Bytes of a .wtns file of BN254 before its signals. */
const WITNESS_HEADER = 76;
/** Pages of the memory that circuits of circom 1 would take. */
const NO_MEMORY = 1;

/**
 * Groth16 proofs of circom circuits with snarkjs' keys. What is made of a circuit's files (the compiled witness program, the
 * parsed key) is kept as long as the files are.
 */
export class Groth16 {
  readonly #curve: Curve;
  readonly #plain: boolean;
  readonly #ready = new WeakMap<CircuitFiles, Promise<{ calculator: WitnessCalculator; key: ProvingKey }>>();

  /** @param options.plain proofs by snarkjs alone, for comparison */
  constructor(curve: Curve, { plain = false } = {}) {
    this.#curve = curve;
    this.#plain = plain;
  }

  /**
   * @returns the eight words of snarkjs' Solidity call
   * @throws Error where the inputs do not satisfy the circuit; FileFormatError for a damaged key
   */
  async prove(files: CircuitFiles, inputs: CircuitInputs): Promise<bigint[]> {
    if (this.#plain) return provePlainly(files, inputs);
    let ready = this.#ready.get(files);
    if (ready === undefined) {
      ready = prepare(files);
      this.#ready.set(files, ready);
    }
    const { calculator, key } = await ready;
    const witness = await calculator.calculateWTNSBin(inputs);
    return proveGroth16(this.#curve, key, witness.subarray(WITNESS_HEADER));
  }
}

async function prepare({ wasm, zkey }: CircuitFiles) {
  const calculator: WitnessCalculator = await WitnessCalculatorBuilder(wasm, { memorySize: NO_MEMORY });
  return { calculator, key: parseProvingKey(zkey) };
}

interface SnarkjsProof {
  pi_a: string[];
  pi_b: string[][];
  pi_c: string[];
}

async function provePlainly({ wasm, zkey }: CircuitFiles, inputs: CircuitInputs): Promise<bigint[]> {
  const { proof } = (await groth16.fullProve(
    toJson(inputs),
    { type: 'mem', data: wasm },
    { type: 'mem', data: zkey },
  )) as { proof: SnarkjsProof };
  const { pi_a, pi_b, pi_c } = proof;
  return [pi_a[0], pi_a[1], pi_b[0][1], pi_b[0][0], pi_b[1][1], pi_b[1][0], pi_c[0], pi_c[1]].map(BigInt);
}

/** snarkjs wants decimal strings. */
function toJson(inputs: CircuitInputs): Record<string, unknown> {
  const convert = (v: CircuitValue): unknown => (typeof v === 'bigint' ? v.toString() : v.map(convert));
  return Object.fromEntries(Object.entries(inputs).map(([name, v]) => [name, convert(v)]));
}
