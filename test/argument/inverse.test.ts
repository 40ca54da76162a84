import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { g1Wasm } from '../../src/generated/g1.wasm.ts';
import { fromBytes, inverse, P, toBytes } from '../../src/numbers/field.ts';
import { decodeWasm } from '../../src/numbers/wasm.ts';
import { Random } from '../reference/algebra.ts';

describe('the inverse modulo the prime of the base field', () => {
  it('is right for small and large numbers, powers of two and their neighbours, and random ones; 0 for 0', async () => {
    const { instance } = await WebAssembly.instantiate(decodeWasm(g1Wasm), {});
    const { alloc, invertBytes, memory } = instance.exports as unknown as {
      alloc(size: number): number;
      invertBytes(out: number, a: number): void;
      memory: WebAssembly.Memory;
    };
    const at = alloc(64);
    const bytes = new Uint8Array(memory.buffer, at, 64);
    const random = new Random(23);
    const powers = Array.from({ length: 254 }, (_, k) => 1n << BigInt(k));
    const values = [
      ...[3n, 5n, P - 1n, P - 2n, (P + 1n) / 2n, (P - 1n) / 2n],
      ...powers.flatMap((x) => [x, x + 1n, P - x]).filter((x) => x < P),
      ...Array.from({ length: 2000 }, () => random.element()),
    ];
    for (const value of values) {
      bytes.set(toBytes(value), 32);
      invertBytes(at, at + 32);
      assert.equal(fromBytes(bytes), inverse(value, P), String(value));
    }
    bytes.fill(0);
    invertBytes(at, at);
    assert.equal(fromBytes(bytes), 0n);
  });
});
