// What a verifier of program sparseMerge reads, and what its circuit refuses of it (protocol, section 15).

import { NUMBERING } from '../../src/generated/numbering.ts';
import { mod, range, sum } from './algebra.ts';
import type { Slot } from './argument.ts';
import { element, elements, isBits, rows, seen } from './sizes.ts';
import { UNIT } from './sparse-run.ts';
import { type Inputs, LIMB_BITS } from './tensors.ts';

const { relations: R, trace: T, helper: H } = NUMBERING.sparseMerge;
export const TASKS = [1, 2, 3, 4];
export const SLOTS = range(12);

/** Groups of three that are looked up; kappa, rho or always, and of a task where there is one. */
export const GROUPS: {
  helper: string;
  names: string[];
  flag: 'kappa' | 'rho' | 'always';
  task?: number;
  index: number;
}[] = [
  ...TASKS.flatMap((i) => [
    { helper: `hA_${i}`, names: [`a0_${i}`, `a1_${i}`, `a2_${i}`], flag: 'kappa' as const, task: i, index: R.hA(i) },
    { helper: `hB_${i}`, names: [`b0_${i}`, `b1_${i}`, `b2_${i}`], flag: 'kappa' as const, task: i, index: R.hB(i) },
  ]),
  { helper: 'hT', names: ['t_1', 't_2', 't_3'], flag: 'rho', index: R.hT },
  { helper: 'hV', names: ['v0', 'v1', 'v2'], flag: 'rho', index: R.hV },
  { helper: 'hU', names: ['v3', 'u0', 'u1'], flag: 'rho', index: R.hU },
  { helper: 'hE', names: ['e0', 'e1', 'e2'], flag: 'kappa', index: R.hE },
  { helper: 'hW', names: ['w0', 'w1', 'w2'], flag: 'always', index: R.hW },
  { helper: 'hR', names: ['r0', 'r1', 'y0'], flag: 'always', index: R.hR },
  { helper: 'hY', names: ['y1', 'e3', 't_4'], flag: 'always', index: R.hY },
];

/** Which flag and which task make a vector present. */
export function presenceOf(name: string, v: Pick<SparseView, 'kappa' | 'rho' | 'nu' | 'named'>): bigint {
  const [own, task] = name.split('_');
  const group = GROUPS.find(({ helper }) => helper === name);
  const named = task === undefined ? 1n : v.named[Number(task) - 1];
  if (group) return group.flag === 'always' ? 1n : v[group.flag] * named;
  if (/^[vu]\d$/.test(name)) return v.rho;
  if (/^(o|e\d)$/.test(name)) return v.kappa;
  if (name === 'z') return v.nu;
  if (own === 'm' || own === 't') return v.rho * named;
  return task === undefined ? 1n : v.kappa * named;
}

export interface SparseView {
  slots: Slot[];
  log2: number;
  kappa: bigint;
  rho: bigint;
  nu: bigint;
  kept: bigint[];
  seed: bigint;
  counts: bigint[];
  thresholds: bigint[];
  /** [layer of six][task] */
  a: bigint[][];
  named: bigint[];
  trace: Record<string, Slot>;
  helper: Record<string, Slot>;
  failed: string[];
}

const fits = (value: bigint, length: number) => mod(value) >> BigInt(length) === 0n;
export const packed = (fields: readonly bigint[], width: number, from = 0) =>
  fields.reduce((word, v, i) => word + mod(v) * 2n ** BigInt(from + width * i), 0n);

/** What the verifier reads, with all that its circuit refuses of the fields. */
export function view(inputs: Inputs): SparseView {
  const failed: string[] = [];
  const need = (ok: boolean, what: string) => {
    if (!ok) failed.push(what);
  };
  const [offsets, logs, present] = [rows(inputs, 'offsets'), elements(inputs, 'logs'), elements(inputs, 'present')];
  const [kappa, rho, nu] = elements(inputs, 'flags');
  const [kept, counts] = [elements(inputs, 'kept'), elements(inputs, 'keptCounts')];
  const [a, mask] = [rows(inputs, 'tasks'), elements(inputs, 'mask')];
  need(isBits(offsets) && isBits([present]) && logs.every((k) => k >= 0n && k < 24n), 'slots');
  const words = [0, 1].map((k) =>
    range(3).reduce((word, j) => {
      const l = 3 * k + j;
      const [W, b] = [0, 1].map((n) => packed(offsets[2 * l + n], 1));
      const own = W + b * 2n ** 23n + logs[2 * l] * 2n ** 46n + logs[2 * l + 1] * 2n ** 51n + present[l] * 2n ** 56n;
      return word + own * 2n ** BigInt(57 * j);
    }, 0n),
  );
  elements(inputs, 'slots').forEach((word, k) => {
    need(mod(words[k]) === mod(word), `slots_${k + 1}`);
  });
  // the vectors' bits: up to the highest of any offset
  const highest = Math.max(...offsets.map((bits) => bits.lastIndexOf(1n)));
  need(isBits([mask]) && mask.every((b, t) => b === (t <= highest ? 1n : 0n)), 'mask');
  need(isBits([[kappa, rho, nu]]) && (nu === 0n || kappa === 1n) && kept.every((t) => fits(t, 17)), 'flags');
  need(mod(element(inputs, 'method')) === mod(kappa + 2n * rho + 4n * nu + packed(kept, 17, 3)), 'method');
  need(
    a.flat().every((v) => fits(v, 17)),
    'coefficients',
  );
  elements(inputs, 'coefficients').forEach((word, l) => {
    const fields = [UNIT * present[l], ...a[l], 0n, 0n, 0n].map((v) => v + 2n ** 17n);
    need(mod(packed(fields, 18)) === mod(word), `coefficients_${l + 1}`);
  });
  need(
    counts.every((count) => fits(count, 24)),
    'counts',
  );
  elements(inputs, 'counts').forEach((word, k) => {
    need(mod(packed(counts.slice(10 * k, 10 * k + 10), 24)) === mod(word), `counts_${k + 1}`);
  });
  const log2 = mask.filter((b) => b === 1n).length;
  const named = TASKS.map((_, i) => (sum(a.map((row) => row[i])) === 0n ? 0n : 1n));
  const own = { kappa, rho, nu, named };
  const slotsOf = (names: readonly string[], given: bigint[][]) =>
    Object.fromEntries(
      names.map((name, n): [string, Slot] => [
        name,
        name === 'mult' || name === 'g' ? seen(given[n], LIMB_BITS) : seen(given[n], log2, presenceOf(name, own)),
      ]),
    );
  return {
    slots: SLOTS.map((n) => seen(offsets[n], Number(logs[n]), present[n >> 1])),
    log2,
    ...own,
    kept,
    seed: element(inputs, 'seed'),
    counts,
    thresholds: elements(inputs, 'thresholds'),
    a,
    trace: slotsOf(T.names, rows(inputs, 'traceOffset')),
    helper: slotsOf(H.names, rows(inputs, 'helperOffset')),
    failed,
  };
}
