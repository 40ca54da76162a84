import { type FormEvent, type ReactNode, useState } from 'react';
import { zeroAddress, zeroHash } from 'viem';
import { Notice } from '../../../components/Notice.tsx';
import type { Benchmark } from '../../../lib/chain/types.ts';
import { count, isHash } from '../../../lib/format.ts';
import { benchmarkName } from '../../../lib/names.ts';
import { etherIn } from '../../../lib/tokens.ts';
import type { Act } from './useBountyAct.ts';

const DAY = 86_400;
const MOST_DAYS = 5 * 365;
const ANY_NUMBER = 2n ** 256n - 1n;
/** Units of a sum of squared errors. */
const ERROR_UNIT = 2 ** 18;

/** Sets a bounty in Ether. */
export function FundForm({ benchmarks, may, act }: { benchmarks: Benchmark[]; may: boolean; act: Act }) {
  const open = benchmarks.filter(({ rows }) => rows > 0);
  const [chosen, setChosen] = useState(open[0]?.id ?? '');
  const [goal, setGoal] = useState('');
  const [amount, setAmount] = useState('0.1');
  const [days, setDays] = useState('30');
  const [ancestor, setAncestor] = useState('');
  const [undeclared, setUndeclared] = useState(true);
  const [disjoint, setDisjoint] = useState(true);
  const [newOnly, setNewOnly] = useState(true);
  const benchmark = open.find(({ id }) => id === chosen);
  if (!benchmark) return <p className="py-4 text-soft">There is no open benchmark to set a bounty on.</p>;
  const threshold = thresholdIn(goal, benchmark);
  const value = etherIn(amount);
  const wait = /^\d{1,4}$/.test(days.trim()) ? Number(days) : 0;
  const problem = problemOf(benchmark, { threshold, value, wait, ancestor });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const asked = { ancestor, undeclared, disjoint, newOnly };
    const terms = termsOf(benchmark, threshold!, wait, asked);
    void act({ functionName: 'fund', args: [terms], value: value! }, 'Set');
  };
  return (
    <form onSubmit={submit} className="grid max-w-2xl gap-4 py-4">
      <Labelled name="Benchmark">
        <select className="field" value={chosen} onChange={(event) => setChosen(event.target.value as typeof chosen)}>
          {open.map((each) => (
            <option key={each.id} value={each.id}>
              {benchmarkName(each)}
            </option>
          ))}
        </select>
      </Labelled>
      <div className="grid gap-4 sm:grid-cols-3">
        <Labelled
          name={
            benchmark.kind === 'regression' ? 'Mean squared error, at most' : `Rows right of ${count(benchmark.rows)}`
          }
        >
          <input className="field" inputMode="decimal" value={goal} onChange={(event) => setGoal(event.target.value)} />
        </Labelled>
        <Labelled name="Prize in ETH">
          <input
            className="field"
            inputMode="decimal"
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
          />
        </Labelled>
        <Labelled name="Days until the deadline">
          <input className="field" inputMode="numeric" value={days} onChange={(event) => setDays(event.target.value)} />
        </Labelled>
      </div>
      <Labelled name="The winner descends from this model (its id; empty: any)">
        <input className="field" value={ancestor} onChange={(event) => setAncestor(event.target.value)} />
      </Labelled>
      <Check on={newOnly} set={setNewOnly} text="Only models registered from now on" />
      <Check on={disjoint} set={setDisjoint} text="Not trained on shards of the benchmark, and no ancestor either" />
      <Check on={undeclared} set={setUndeclared} text="No declared import and no foreign program in its descent" />
      {problem && goal !== '' && <Notice tone="warn" words={{ title: problem }} />}
      <button type="submit" className="button button-main justify-self-start" disabled={!may || problem !== undefined}>
        Set the bounty with the wallet
      </button>
    </form>
  );
}

interface Asked {
  ancestor: string;
  undeclared: boolean;
  disjoint: boolean;
  newOnly: boolean;
}

/** As the contract takes them. @param wait days until the deadline */
function termsOf({ id, dataset }: Benchmark, threshold: bigint, wait: number, asked: Asked) {
  const now = Math.floor(Date.now() / 1000);
  return {
    benchmark: id,
    threshold,
    deadline: BigInt(now + wait * DAY),
    conditions: {
      ancestor: asked.ancestor.trim() || zeroHash,
      leastPart: 0n,
      mostMerges: ANY_NUMBER,
      undeclared: asked.undeclared,
      noForeign: asked.undeclared,
      registeredAfter: asked.newOnly ? BigInt(now) : 0n,
      registeredBefore: 0n,
      minimalVersions: 0n,
      disjointFrom: asked.disjoint ? dataset : zeroHash,
      attestedBy: zeroAddress,
    },
  };
}

interface Given {
  threshold: bigint | undefined;
  value: bigint | undefined;
  wait: number;
  ancestor: string;
}

/** Why a bounty cannot be set; undefined where it can. */
function problemOf({ kind, rows }: Benchmark, { threshold, value, wait, ancestor }: Given): string | undefined {
  if (threshold === undefined && kind === 'regression') return 'Give a mean squared error above 0.';
  if (threshold === undefined) return `Give a number of rows from 1 to ${count(rows)}.`;
  if (!value) return 'Give an amount, such as 0.1.';
  if (wait < 1 || wait > MOST_DAYS) return `Give 1 to ${count(MOST_DAYS)} days.`;
  if (ancestor.trim() !== '' && !isHash(ancestor.trim())) return 'The ancestor is named by its id: 0x and 64 digits.';
  return undefined;
}

/** As the contract counts: rows right, or a sum of squared errors. */
function thresholdIn(text: string, { kind, rows }: Benchmark): bigint | undefined {
  const number = Number(text.trim().replace(',', '.'));
  if (text.trim() === '' || !Number.isFinite(number) || number <= 0) return undefined;
  if (kind === 'regression') return BigInt(Math.floor(number * rows * ERROR_UNIT));
  return Number.isInteger(number) && number <= rows ? BigInt(number) : undefined;
}

function Labelled({ name, children }: { name: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is its child
    <label className="grid content-end gap-1 text-[0.8125rem] text-soft">
      {name}
      {children}
    </label>
  );
}

function Check({ on, set, text }: { on: boolean; set(on: boolean): void; text: string }) {
  return (
    <label className="flex items-center gap-2.5">
      <input type="checkbox" checked={on} onChange={(event) => set(event.target.checked)} /> {text}
    </label>
  );
}
