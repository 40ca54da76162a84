// Mutants of the arguments: a relation, a claim, a limb of a lookup or a lookup's share of the LogUp sum is left out
// of the circuit, of the prover and of the verifier alike. Honest proofs are taken then; a test kills the mutant if
// its cheat is.

import { NUMBERING } from '../../../src/generated/numbering.ts';
import type { Lie } from '../../reference/lies.ts';
import { type Omission, omitting } from '../../reference/omitted.ts';
import type { ProgramName, Reference } from '../../reference/run.ts';
import { HEAD_LIES } from '../../support/lies/heads.ts';
import { CONV_HEAD_LIES, CONV_TRAIN_LIES } from '../../support/lies/networks.ts';
import { LIES } from '../../support/lies/oneBatch.ts';
import { TRAIN_LIES } from '../../support/lies/train.ts';
import { VARIANTS } from '../../support/smallProofs.ts';
import type { Court } from './lines.ts';
import type { Edit } from './machine.ts';

export interface ArgumentMutant {
  name: string;
  omission: Omission;
  /** what the circuit lacks */
  edits: Edit[];
  /** may a proof with these lies show that the mutant is one */
  fits: (violated: Reference['violated']) => boolean;
}

const only = (list: readonly number[], index: number) => list.length === 1 && list[0] === index;
/** The lies of a program, and the tests that refuse them. */
function liesOf(program: ProgramName): { lie: Lie; test: string }[] {
  const alone = `a proof of program ${program} of which only one thing is false > is refused`;
  const told = (lies: readonly Lie[], suite: string) => lies.map((lie) => ({ lie, test: `${suite}: ${lie.name}` }));
  if (program === 'convTrain')
    return [
      ...told(CONV_TRAIN_LIES, `soundness/networkRelations: ${alone}`),
      ...told(
        CONV_HEAD_LIES,
        'soundness/networkRelations: of the heads of program convTrain > is refused by one check',
      ),
    ];
  if (program !== 'train') return told(LIES[program], `soundness/relations: ${alone}`);
  return [
    ...told(TRAIN_LIES, `soundness/trainRelations: ${alone}`),
    ...told(HEAD_LIES, 'soundness/heads: of the heads of program train > is refused by one check'),
  ];
}

/** Which evaluation is the helper of a lookup's relation. */
const helperOf = (relation: string): string =>
  relation.replace('group', 'h').replace('range', 'h').replace('rest', 'k');

/** The wires that a program's equalities say are the same. */
class Wires {
  readonly #parent: Int32Array;
  readonly byName = new Map<string, number>();

  constructor({ system: { r1cs } }: Court) {
    this.#parent = Int32Array.from({ length: r1cs.wires }, (_, i) => i);
    r1cs.names.forEach(([name], w) => {
      if (name !== undefined) this.byName.set(name, w);
    });
    for (const { a, b, c } of r1cs.constraints) {
      if ((a.size > 0 && b.size > 0) || c.size !== 2 || c.has(0)) continue;
      const [[x, k], [y, m]] = [...c];
      if (k + m === 0n || (k + m) % FIELD === 0n) this.#parent[this.find(x)] = this.find(y);
    }
  }

  find(w: number): number {
    let at = w;
    while (this.#parent[at] !== at) {
      this.#parent[at] = this.#parent[this.#parent[at]];
      at = this.#parent[at];
    }
    return at;
  }

  named(name: string): number {
    const wire = this.byName.get(name);
    if (wire === undefined) throw new Error(`no signal ${name}`);
    return wire;
  }
}

const FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** All mutants of a program's argument. */
export function argumentMutants(court: Court): ArgumentMutant[] {
  const { program, r1cs } = court.system;
  const numbers = NUMBERING[program as ProgramName];
  const wires = new Wires(court);
  const lambda = wires.byName.has('lambda[1]') ? 'lambda' : 'weight';
  const { names } = numbers.relations;
  const { logUp } = numbers.relations as { logUp: number };
  /** a wire is 0 where its constraint has no other term */
  const zeroed = (wire: number): Edit[] => court.machine.terms(court.machine.assigning(wire));
  const weight = (signal: string, kind: 'relations' | 'relations2' | 'claims', list: readonly string[]) =>
    list.map(
      (name, index): ArgumentMutant => ({
        name: `${kind} ${name}`,
        omission: { [kind]: index },
        edits: zeroed(wires.named(`${signal}[${index}]`)),
        fits: ({ relations, relations2, claims }) => {
          if (kind === 'claims') return only(claims, index);
          if (kind === 'relations2') return only(relations2, index) && claims.length === 0;
          return only(relations, index) && relations2.length + claims.length === 0;
        },
      }),
    );
  const out = [...weight(lambda, 'relations', names), ...weight('claimWeight', 'claims', numbers.claims.names)];
  if (program === 'train' || program === 'convTrain')
    out.push(...weight('rowWeights', 'relations2', NUMBERING[program].relations2.names));

  const unlooked = ({ relations, relations2, claims }: Reference['violated']) =>
    only(relations, logUp) && relations2.length + claims.length === 0;
  const weightWires = names.map((_, i) => wires.find(wires.named(`${lambda}[${i}]`)));
  const products = r1cs.constraints.flatMap(({ a, b }, constraint) =>
    a.size > 0 && b.size > 0 ? [{ constraint, a: [...a.keys()], b: [...b.keys()] }] : [],
  );
  /** products of a relation's weight with something that has a wire */
  const weighed = (relation: number, wire: number) =>
    products.flatMap(({ constraint, ...forms }) =>
      (['a', 'b'] as const).flatMap((form) => {
        const other = forms[form === 'a' ? 'b' : 'a'];
        const found = forms[form].filter((w) => wires.find(w) === wires.find(wire));
        return other.some((w) => wires.find(w) === weightWires[relation])
          ? found.map((w): Edit => ({ constraint, form, wire: w }))
          : [];
      }),
    );
  names.forEach((name, index) => {
    const evaluations: readonly string[] = numbers.evaluations.names;
    const helper = evaluations.indexOf(helperOf(name));
    if (!/^(h|group|range|rest)/.test(name) || helper < 0) return;
    const edits = weighed(logUp, wires.named(`evals1[${helper}]`));
    out.push({ name: `share ${name}`, omission: { share: index }, edits, fits: unlooked });
  });
  for (const [path, wire] of wires.byName) {
    const group = /^(.*LookupGroup_\d+_\d+)\.out$/.exec(path)?.[1];
    if (!group) continue;
    const index = weightWires.findIndex((_, r) => weighed(r, wire).length > 0);
    for (const at of [0, 1, 2]) {
      const edits = zeroed(wires.named(`${group}.limbs[${at}]`));
      const omission = { limb: { relation: index, at } };
      // the third of these is the constant 0, as which it would be read
      if (edits.length > 0 || !['hP', 'hG', 'hS'].includes(names[index]))
        out.push({ name: `limb ${at} of ${names[index]}`, omission, edits, fits: unlooked });
    }
  }
  const empty = out.find(({ edits }) => edits.length === 0);
  if (empty) throw new Error(`the circuit of ${program} has nothing of ${empty.name}`);
  return out;
}

/** Takes one proof of each family that differs by layers alone first, of another layer each time. */
export function familiesFirst(mutants: readonly ArgumentMutant[]): ArgumentMutant[] {
  const families = Map.groupBy(mutants, ({ name }) => name.replace(/_\d$/, ''));
  const first = new Set([...families.values()].map((family, i) => family[i % family.length]));
  return [...first, ...mutants.filter((mutant) => !first.has(mutant))];
}

/** Does a mutant take honest proofs of every kind, as it must? */
export async function isOne(court: Court, { omission, edits }: ArgumentMutant): Promise<boolean> {
  for (const [program, prove] of Object.values(VARIANTS)) {
    if (program !== court.system.program) continue;
    const proof = await omitting(omission, () => prove());
    if (!court.takes(edits, proof.inputs)) return false;
  }
  return true;
}

/** The test whose proof a mutant takes, of which one thing is false with nothing left out. */
export async function killer(
  court: Court,
  { name, omission, edits, fits }: ArgumentMutant,
): Promise<string | undefined> {
  const layer = /_\d$/.exec(name)?.[0] ?? '';
  const candidates = liesOf(court.system.program as ProgramName)
    .filter(({ lie: { relations = [], relations2 = [], claims = [] } }) => fits({ relations, relations2, claims }))
    .sort((a, b) => Number(b.test.includes(layer)) - Number(a.test.includes(layer)));
  for (const { lie, test } of candidates) {
    const cheat = await omitting(omission, lie.prove).catch((error: Error) => {
      // without its term, a lie may have nothing to be made of
      if (error instanceof RangeError) return undefined;
      throw error;
    });
    if (cheat && court.takes(edits, cheat.inputs)) return test;
  }
  return undefined;
}
