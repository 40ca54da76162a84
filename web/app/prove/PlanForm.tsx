'use client';

import { type FormEvent, type ReactNode, useState } from 'react';
import { WordsBox } from '../../components/Words.tsx';
import type { Words } from '../../lib/chain/types.ts';
import type { Plan, Source } from '../../lib/prover/messages.ts';

const LARGEST_TABLE = 20 << 20;
const ROWS = [64, 128, 256, 512];
const HIDDEN = [8, 16, 32, 64];
const RATES = [0.125, 0.25, 0.5, 1];

interface Props {
  busy: boolean;
  rate: number;
  onRate(rate: number): void;
  onPrepare(plan: Plan): void;
}

/** What to learn from, and with what. */
export function PlanForm({ busy, rate, onRate, onPrepare }: Props) {
  const [kind, setKind] = useState<Source['kind']>('digits');
  const [file, setFile] = useState<File>();
  const [label, setLabel] = useState('');
  const [columns, setColumns] = useState<string[]>([]);
  const [rows, setRows] = useState(64);
  const [hidden, setHidden] = useState(32);
  const [problem, setProblem] = useState<Words>();

  const choose = async (chosen: File | undefined) => {
    setProblem(undefined);
    setFile(undefined);
    if (!chosen) return;
    if (chosen.size > LARGEST_TABLE)
      return setProblem({ title: 'The table is larger than 20 MB.', hint: 'Use the command line for it.' });
    const [head = ''] = (await chosen.slice(0, 65_536).text()).split('\n');
    const names = head.split(',').map((name) => name.trim().replace(/^"|"$/g, ''));
    setColumns(names.slice(0, 4096));
    setLabel(names[names.length - 1] ?? '');
    setFile(chosen);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(undefined);
    if (kind === 'digits') return onPrepare({ source: { kind }, rows, hidden });
    if (!file) return setProblem({ title: 'Choose a CSV file first.' });
    onPrepare({ source: { kind: 'csv', bytes: new Uint8Array(await file.arrayBuffer()), label }, rows, hidden });
  };
  return (
    <form onSubmit={submit} className="sheet grid gap-5 p-5 sm:p-6">
      <h2 className="title text-2xl">What to learn from</h2>
      <fieldset className="grid gap-2">
        <legend className="sr-only">Data</legend>
        <Choice
          checked={kind === 'digits'}
          onChoose={() => setKind('digits')}
          title="Handwritten digits"
          text="MNIST as 7 by 7 pixels, which this page brings along"
        />
        <Choice
          checked={kind === 'csv'}
          onChoose={() => setKind('csv')}
          title="A table of your own"
          text="CSV with a header: numbers, and one column to be told from them"
        />
      </fieldset>
      {kind === 'csv' && (
        <div className="grid gap-3">
          <label className="grid gap-1">
            <span className="text-[0.8125rem] text-soft">File, which stays in this tab</span>
            <input
              type="file"
              accept=".csv,text/csv"
              data-testid="csv"
              onChange={(event) => void choose(event.target.files?.[0])}
              className="text-soft file:mr-3 file:min-h-9 file:rounded-[3px] file:border file:border-solid file:border-rule file:bg-paper file:px-3 file:text-ink"
            />
          </label>
          {file && (
            <Select name="Column to predict" value={label} onChange={setLabel}>
              {columns.map((name) => (
                <option key={name} value={name}>
                  {name.slice(0, 60)}
                </option>
              ))}
            </Select>
          )}
        </div>
      )}
      {problem && <WordsBox words={problem} />}
      <div className="grid grid-cols-3 gap-3">
        <Select name="Rows" value={String(rows)} onChange={(value) => setRows(Number(value))}>
          {ROWS.map((value) => (
            <option key={value}>{value}</option>
          ))}
        </Select>
        <Select name="Hidden units" value={String(hidden)} onChange={(value) => setHidden(Number(value))}>
          {HIDDEN.map((value) => (
            <option key={value}>{value}</option>
          ))}
        </Select>
        <Select name="Learning rate" value={String(rate)} onChange={(value) => onRate(Number(value))}>
          {RATES.map((value) => (
            <option key={value}>{value}</option>
          ))}
        </Select>
      </div>
      <button type="submit" className="button button-main justify-self-start px-5" disabled={busy}>
        Prepare
      </button>
      <p className="text-[0.8125rem] text-soft">
        Each step fetches its proving key, 25 to 45 MB, and takes some seconds to a minute of both your patience and
        your processor. Closing the tab ends everything.
      </p>
    </form>
  );
}

function Choice({
  checked,
  onChoose,
  title,
  text,
}: {
  checked: boolean;
  onChoose(): void;
  title: string;
  text: string;
}) {
  return (
    <label className="flex cursor-pointer items-start gap-3 rounded-[3px] border border-line p-3 has-checked:border-ink has-checked:bg-paper">
      <input
        type="radio"
        name="source"
        checked={checked}
        onChange={onChoose}
        className="mt-1 size-4 accent-[var(--color-mark)]"
      />
      <span>
        <span className="font-medium">{title}</span>
        <span className="block text-[0.8125rem] text-soft">{text}</span>
      </span>
    </label>
  );
}

function Select({
  name,
  value,
  onChange,
  children,
}: {
  name: string;
  value: string;
  onChange(value: string): void;
  children: ReactNode;
}) {
  return (
    <label className="grid content-end gap-1 text-[0.8125rem] text-soft">
      {name}
      <select className="field text-[0.9375rem]" value={value} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
    </label>
  );
}
